// Wire: one lean connection, from the first byte of the handshake to the goodbye. docs/protocol/lean.md.
#pragma once

#include <memory>

#include "base/fifo.hpp"
#include "core/wire.hpp"
#include "lean/control.hpp"
#include "lean/handshake.hpp"
#include "lean/inbox.hpp"
#include "lean/outbox.hpp"

namespace kith::lean {

class Wire : public core::Wire {
 public:
  /// Waits for somebody's first message.
  Wire(Shared& shared, core::Offer ours, const core::Turn& turn);
  /// Dials `whom`. A probe stops when `whom` has proven to be there, and leaves no trace on its side.
  Wire(Shared& shared, core::Offer ours, core::Turn& turn, const PeerId& whom, bool probe);

  void receive(core::Turn& turn, Bytes bytes) override;
  void ended(core::Turn& turn) override;
  void say(core::Turn& turn, const Message& message) override;
  void reset(core::Turn& turn, Lane lane) override;
  void close(core::Turn& turn, Fault why) override;
  void pull(core::Turn& turn, Buffer& out, std::size_t room) override;
  bool has_output() const override { return !handshake_out_.empty() || !outbox_.empty(); }
  std::size_t held() const override { return in_.size() + inbox_.partial_bytes(); }
  void on_tick(core::Turn& turn) override;
  Time deadline() const override { return state_ < State::open ? opening_->deadline : never; }
  std::optional<core::Report> take() override;

 private:
  /// In the order in which a connection goes through them.
  enum class State : u8 { shaking, confirming, open, closed };
  /// What is needed until the connection is open, and nothing of it thereafter.
  struct Opening {
    core::Offer ours;
    Time deadline;
    std::optional<Asking> asking = std::nullopt;
    /// The start of a handshake message whose end has not come.
    Buffer in = {};
    bool probe = false;
    Hello theirs = {};
  };
  /// What remains of a handshake.
  struct Keys {
    crypto::CipherState send;
    crypto::CipherState receive;
    Hash handshake;
    PeerId theirs;
  };

  void shake(core::Turn& turn);
  void established(Session session);
  void take_records(Bytes bytes);
  void take_frames(Bytes plain);
  Result<> take_frame(const Frame& frame);
  Result<> take_control(const Frame& frame);
  Result<> take_names(const Names& names);
  Result<> take_reset(Lane lane);
  Result<> deliver(const Whole& whole);
  Buffer signed_bytes(bool ours, Lane lane, Bytes head_and_payload) const;
  bool is_ours(Lane lane) const { return (lane % 2 == 1) == dialled_; }
  void report_left(std::size_t bytes);
  void end(Error error, std::optional<Utc> their_clock = std::nullopt);

  Shared& shared_;
  std::unique_ptr<Opening> opening_;
  bool dialled_;
  State state_ = State::shaking;
  bool signs_ = false;
  /// Of our names.
  std::vector<Priority> priorities_;
  Buffer handshake_out_;
  /// The start of a record whose end has not come.
  Buffer in_;
  std::optional<Keys> session_;
  /// Their name i is our name names_[i].
  std::vector<std::optional<u16>> names_;
  Inbox inbox_;
  Outbox outbox_;
  /// Highest lane on which we have asked something; an answer beyond it was made up.
  Lane asked_ = 0;
  Fifo<core::Report> reports_;
};

}  // namespace kith::lean
