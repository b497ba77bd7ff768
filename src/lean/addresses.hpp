// addresses: asks each peer whom it knows, again and again at random intervals, and answers the same; asks also for
// takers of a kind of items of which we know too few.
#pragma once

#include "base/token_bucket.hpp"
#include "core/protocol.hpp"
#include "core/requests.hpp"

namespace kith::lean {

/// Most addresses in an answer.
inline constexpr u32 max_addresses = 1000;

class Addresses : public core::Protocol {
 public:
  /// Mean time between questions to one peer; a sixteenth of it after the first, then doubling, because who has just
  /// joined knows too few.
  explicit Addresses(Duration every) : every_(every) {}

  std::vector<Name> names() const override { return {{"addresses/1", 256 * 1024, Priority::item}}; }
  void mounted(u16 first) override { name_ = first; }
  void on_peer(core::ProtocolTurn& turn, const core::PeerInfo& peer) override;
  void on_gone(core::ProtocolTurn& turn, Peer peer) override;
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_tick(core::ProtocolTurn& turn) override;
  Time next() const override;
  bool idle() const override { return peers_.empty() && asked_.size() == 0; }

 private:
  struct State {
    Time due;
    /// Mean time from the next question to the one after it.
    Duration wait;
    /// Answers that this peer may still have.
    TokenBucket answers;
  };
  void ask_due(core::ProtocolTurn& turn, Peer peer);
  void ask(core::ProtocolTurn& turn, Peer peer, std::optional<KindTag> kind);
  void answer(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);
  void answered(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message);

  u16 name_ = 0;
  Duration every_;
  std::map<Peer, State> peers_;
  /// The first that is due of them.
  Time next_due_ = never;
  /// The kind that was asked for, if any.
  core::Requests<std::optional<KindTag>> asked_;
};

}  // namespace kith::lean
