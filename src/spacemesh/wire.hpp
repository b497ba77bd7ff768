// Wire: one connection to a node of the original: one record that opens it, and then messages, each for a protocol.
// parity: 19 | dropped by bytes and by number; before that large items pass it by | WireTest.who_reads_nothing_is_let_go_when_too_much_waits, WireTest.who_asks_on_and_reads_no_answer_is_let_go_when_too_many_wait, WireSession.who_reads_nothing_is_let_go_when_too_many_messages_wait_however_small, HostTest.who_reads_too_slowly_is_told_so_and_room_comes_back_when_bytes_leave
#pragma once

#include <memory>

#include "spacemesh/calls.hpp"
#include "spacemesh/handshake.hpp"
#include "spacemesh/outbox.hpp"
#include "spacemesh/port.hpp"

namespace kith::spacemesh {

/// How long who dials us may take for the first record. go-spacemesh, p2p/config, SessionTimeout.
inline constexpr Duration first_record_patience = std::chrono::seconds(15);
/// Nothing answers the first record, and who refuses it hangs up: who has not hung up for so long took it.
inline constexpr Duration silence_is_consent = std::chrono::seconds(1);

class Wire : public core::Wire {
 public:
  struct Other {
    Address address;
    bool dialled = false;
    bool probe = false;
  };
  /// `shared` outlives the wire.
  Wire(Shared& shared, core::Turn& turn, const core::Offer& ours, Other other);

  void receive(core::Turn& turn, Bytes bytes) override;
  void ended(core::Turn& turn) override;
  void say(core::Turn& turn, const Message& message) override;
  void reset(core::Turn&, Lane) override {}
  void close(core::Turn& turn, Fault why) override;
  void pull(core::Turn& turn, Buffer& out, std::size_t room) override;
  bool has_output() const override { return !closed_ && (!first_.empty() || !waiting_.empty()); }
  std::size_t held() const override { return frames_.held(); }
  void on_tick(core::Turn& turn) override;
  Time deadline() const override { return opening_ ? opening_->deadline : never; }
  std::optional<core::Report> take() override;

 private:
  /// What is needed until the connection is open.
  struct Opening {
    Hash network{};
    Version version = 0;
    Other other;
    Time deadline;
  };
  void on_first(Bytes record);
  void on_record(core::Turn& turn, Bytes record);
  void on_message(const ProtocolMessage& message);
  void open(Hello hello);
  /// The payload of an answer or a refusal; nothing where this profile has none.
  std::optional<Buffer> answer_of(const Message& message) const;
  void left(std::size_t bytes);
  void end(Error why);

  Shared* shared_;
  std::unique_ptr<Opening> opening_;
  FrameReader frames_;
  Outbox waiting_;
  Calls calls_;
  /// The record that opens the connection, until it is sent.
  Buffer first_;
  Fifo<core::Report> reports_;
  bool closed_ = false;
};

}  // namespace kith::spacemesh
