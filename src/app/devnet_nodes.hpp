// The processes of a devnet: started from an empty folder, asked over RPC, stopped.
#pragma once

#include <deque>

#include "app/child.hpp"
#include "app/rpc_client.hpp"

namespace kith::app {

/// What a node says of itself.
struct NodeState {
  bool answers = false;
  std::string id;
  /// Where it listens, with its id where the wire has such; the first of them, and all.
  std::string listen;
  std::vector<std::string> listens;
  std::string tip;
  u32 height = 0;
  u64 peers_in = 0;
  u64 peers_out = 0;
  u64 addresses = 0;
};

/// When a node's tip came to a height, in milliseconds since 1970.
using TipTimes = std::map<u32, i64>;

/// What a node told since it was last asked for news.
struct NodeNews {
  /// Tips, by height, as it displays their hashes.
  std::map<u32, std::string> tips;
  /// Texts of the notes that it took.
  std::vector<std::string> notes;
  /// More happened than a node keeps events of: some of it was not heard.
  bool gap = false;
};

class DevnetNode {
 public:
  /// Node `index` in `directory`/node-`index`, on 127.(index + 1).0.1: a group of its own.
  DevnetNode(const std::filesystem::path& directory, std::size_t index);

  /// Where it listens from its next start on, as a multiaddr without an id.
  void listen_on(std::string address) { listen_ = std::move(address); }
  /// The words of the wires that it speaks from its next start on.
  void speak(std::vector<std::string> wires) { wires_ = std::move(wires); }
  /// `more` are further arguments of `kith node`.
  Result<> start(const std::string& chain, const std::vector<std::string>& bootstrap,
                 const std::vector<std::string>& more = {});
  std::optional<int> ended() { return child_ ? child_->ended() : std::nullopt; }
  void ask_to_end() const;
  void stop();
  /// As a power failure would: what it has told until now it has to have when it is back.
  void kill();
  /// Starts it again as it was started first, where it listened then.
  Result<> restart();
  bool runs() const { return child_.has_value(); }

  NodeState state();
  std::expected<void, std::string> publish_block(Bytes block);
  std::expected<void, std::string> publish_note(const std::string& text);
  TipTimes tip_times();
  /// Nothing if it does not answer.
  std::optional<NodeNews> news();
  /// The whole block that the node serves for a hash or a height.
  std::expected<std::string, std::string> block_hex(const std::string& which);
  const std::filesystem::path& directory() const { return directory_; }

  /// Any method of its RPC.
  std::expected<boost::json::value, std::string> ask(std::string_view method, const boost::json::object& params = {});

 private:
  std::filesystem::path directory_;
  std::size_t index_;
  std::string chain_;
  std::vector<std::string> bootstrap_;
  std::vector<std::string> more_;
  /// Where it was told to listen, if not where its index says.
  std::string listen_;
  std::vector<std::string> wires_{"lean"};
  /// Where it listens, by wire; 0 until it has said so.
  std::map<std::string, u16> ports_;
  /// The last event that was heard of the process that runs.
  u64 heard_ = 0;
  std::optional<Child> child_;
  std::optional<RpcTarget> rpc_;
};

}  // namespace kith::app
