// Honest: a peer that keeps every rule and asks for something all the time, one thing after the other, while others
// attack; and how long it waited, in time that the node's loop spent on anything.
#pragma once

#include <mutex>
#include <thread>

#include "lean/wire.hpp"
#include "survive/lean_talk.hpp"
#include "survive/node.hpp"

namespace kith::survive {

struct Waits {
  u64 count = 0;
  Duration sum{};
  Duration longest{};
};

class Honest {
 public:
  /// Connects, opens its session, and tells the node some addresses when it asks. Throws if that fails.
  explicit Honest(Node& node);
  ~Honest();

  PeerId id() const { return PeerId{identity_.public_key()}; }
  bool is_served() const { return served_; }
  /// What it waited since the last call.
  Waits take();
  /// Returns when `count` more requests were answered; false if it is no longer served.
  bool wait_for(u64 count);

 private:
  void run();
  bool step();
  bool pump();
  void hear(const Message& message);
  void ask();
  void answer(const Message& message);

  Node& node_;
  crypto::Identity identity_;
  lean::Shared shared_{.identity = identity_};
  Rng rng_ = Rng::seeded(42);
  Socket socket_;
  core::Offer offer_;
  std::unique_ptr<lean::Wire> wire_;
  bool open_ = false;
  Buffer out_;
  Lane next_ = 1;
  Lane asked_ = 0;
  Duration asked_at_{};

  std::mutex mutex_;
  Waits waits_;
  std::atomic<u64> total_ = 0;
  std::atomic<bool> served_ = true;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace kith::survive
