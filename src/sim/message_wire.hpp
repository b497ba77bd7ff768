// MessageWire: a wire that leaves out what bytes cost: no key exchange, no encryption, no framing. Who is at the other
// end is taken at its word, so it serves where scale is asked for and the wire itself is not in question.
#pragma once

#include <memory>
#include <set>

#include "base/fifo.hpp"
#include "core/port.hpp"
#include "sim/post.hpp"

namespace kith::sim {

/// What all wires of a node share.
struct Ground {
  Post& post;
  PeerId id;
  std::set<PeerId> refused = {};
  /// As every offer of this node has them, and their encoding.
  std::vector<Name> names = {};
  Body naming = {};
};

class MessageWire : public core::Wire {
 public:
  /// Waits for a greeting.
  MessageWire(Ground& ground, const core::Offer& ours, const core::Turn& turn);
  /// Greets `whom`.
  MessageWire(Ground& ground, const core::Offer& ours, const core::Turn& turn, const PeerId& whom, bool probe);

  /// `bytes` are whole tickets.
  void receive(core::Turn& turn, Bytes bytes) override;
  void ended(core::Turn& turn) override;
  void say(core::Turn& turn, const Message& message) override;
  void reset(core::Turn& turn, Lane lane) override;
  void close(core::Turn& turn, Fault why) override;
  void pull(core::Turn& turn, Buffer& out, std::size_t room) override;
  bool has_output() const override { return !out_.empty(); }
  void on_tick(core::Turn& turn) override;
  /// Messages come whole.
  std::size_t held() const override { return 0; }
  Time deadline() const override { return state_ < State::open ? opening_->deadline : never; }
  std::optional<core::Report> take() override;

 private:
  enum class State : u8 { greeting, naming, open, closed };
  /// What is needed until the connection is open.
  struct Opening {
    /// Ours until theirs has come.
    Hello hello;
    Version least_version = 0;
    Time deadline{};
    /// Whom we dialled.
    std::optional<PeerId> whom = std::nullopt;
    bool probe = false;
  };

  Result<> take_posted(const core::Turn& turn, Posted posted);
  Result<> greeted(const core::Turn& turn, Hello theirs);
  Result<> named(Bytes names);
  Result<> arrived(Message message);
  void end(Error error);

  Ground& ground_;
  std::unique_ptr<Opening> opening_;
  State state_ = State::greeting;
  /// Their name i is our name names_[i].
  std::vector<std::optional<u16>> names_;
  /// The most urgent first.
  std::vector<Posted> out_;
  Fifo<core::Report> reports_;
};

/// Speaks the word of the wire that it stands for.
class MessagePort : public core::Port {
 public:
  MessagePort(Post& post, const PeerId& id) : ground_{post, id} {}

  std::string_view word() const override;
  std::unique_ptr<core::Wire> dial(core::Turn& turn, const Address& to, const core::Offer& ours, bool probe) override;
  std::unique_ptr<core::Wire> accept(core::Turn& turn, const Address&, const core::Offer& ours) override;
  void refuse(const PeerId& id, bool refused) override;

 private:
  void learn(const core::Offer& ours);

  Ground ground_;
};

}  // namespace kith::sim
