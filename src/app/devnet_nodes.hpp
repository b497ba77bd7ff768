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
  std::string listen;
  std::string tip;
  u32 height = 0;
  u64 peers_in = 0;
  u64 peers_out = 0;
  u64 addresses = 0;
};

/// When a node's tip came to a height, in milliseconds since 1970.
using TipTimes = std::map<u32, i64>;

class DevnetNode {
 public:
  /// Node `index` in `directory`/node-`index`, on 127.(index + 1).0.1: a group of its own.
  DevnetNode(const std::filesystem::path& directory, std::size_t index);

  Result<> start(const std::string& chain, const std::vector<std::string>& bootstrap);
  std::optional<int> ended() { return child_ ? child_->ended() : std::nullopt; }
  void ask_to_end() const;
  void stop();

  NodeState state();
  std::expected<void, std::string> publish_block(Bytes block);
  TipTimes tip_times();
  const std::filesystem::path& directory() const { return directory_; }

 private:
  std::expected<boost::json::value, std::string> ask(std::string_view method, const boost::json::object& params = {});

  std::filesystem::path directory_;
  std::size_t index_;
  std::optional<Child> child_;
  std::optional<RpcTarget> rpc_;
};

}  // namespace kith::app
