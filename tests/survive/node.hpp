// Node: the real program in a process of its own, with what can be read of it from outside: its memory, its processor
// time, what it tells its log, and what it answers to its operator.
#pragma once

#include <atomic>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "base/time.hpp"
#include "ledger/bitcoin/params.hpp"
#include "model/address.hpp"

namespace kith::survive {

/// One deadline for everything that must happen.
inline constexpr auto generous = std::chrono::seconds(60);

class Node {
 public:
  /// Starts `program node` on loopback with `options` and returns when it listens, on lean and on the wire of this
  /// word. Throws if it does not.
  Node(const std::string& program, const std::vector<std::string>& options, const std::string& wire);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Where it listens.
  const Address& address(const std::string& wire = "lean") const { return addresses_.at(wire); }
  /// Of its chain.
  const ledger::bitcoin::Params& params() const { return params_; }
  PeerId id() const { return *address().id; }
  const Hash& network() const { return network_; }
  bool is_running();

  /// How many have a session with it.
  std::size_t peers();
  std::set<std::string> bans();
  /// The addresses of its book.
  std::set<std::string> book();
  /// The height of its tip.
  u64 tip();
  /// Points that it booked against who came from `from`, where nothing is owed since all share loopback: those of the
  /// last thousand events.
  u32 blamed(const Address& from);
  /// The connection of `id`; 0 if it has none.
  u64 connection(const std::string& id);

  /// Bytes of its resident memory now, and at most since forget_peak().
  u64 memory() const;
  u64 peak() const;
  void forget_peak() const;
  /// Processor time of all its threads, and of its loop alone.
  Duration cpu() const;
  Duration loop_cpu() const;
  /// Bytes that its log has told.
  u64 logged() const { return logged_; }
  /// Bytes that wait for it in the kernel, over all its connections.
  u64 unread() const;

 private:
  void listen_to_log(int fd);

  std::filesystem::path directory_;
  pid_t pid_ = 0;
  const ledger::bitcoin::Params& params_;
  /// By the word of the wire.
  std::map<std::string, Address> addresses_;
  Hash network_{};
  /// Who it is to its operator; what an RPC client needs stays in one file.
  struct Rpc;
  std::unique_ptr<Rpc> rpc_;
  std::promise<bool> up_;
  std::atomic<u64> logged_ = 0;
  std::thread log_;
};

}  // namespace kith::survive
