// Wire: one connection of the Bitcoin network: a transport, the handshake, and then messages by their types.
#pragma once

#include <memory>

#include "base/fifo.hpp"
#include "bitcoin/handshake.hpp"
#include "bitcoin/port.hpp"
#include "bitcoin/transport.hpp"

namespace kith::bitcoin {

/// How long a handshake may take. Bitcoin Core, net.h, DEFAULT_PEER_CONNECT_TIMEOUT.
inline constexpr Duration handshake_patience = std::chrono::seconds(60);

class Wire : public core::Wire {
 public:
  struct Other {
    Address address;
    bool dialled = false;
    bool probe = false;
  };
  /// `shared` outlives the wire.
  Wire(Shared& shared, core::Offer ours, core::Turn& turn, Transport transport, Other other);

  void receive(core::Turn& turn, Bytes bytes) override;
  void ended(core::Turn& turn) override;
  void say(core::Turn& turn, const Message& message) override;
  void reset(core::Turn&, Lane) override {}
  void close(core::Turn& turn, Fault why) override;
  void pull(core::Turn& turn, Buffer& out, std::size_t room) override;
  bool has_output() const override { return transport_.has_output(); }
  std::size_t held() const override { return transport_.held(); }
  void on_tick(core::Turn& turn) override;
  Time deadline() const override { return opening_ ? opening_->deadline : never; }
  std::optional<core::Report> take() override;

 private:
  /// What is needed until the connection is open.
  struct Opening {
    core::Offer ours;
    Handshake handshake;
    Other other;
    Time deadline;
  };
  void hear(core::Turn& turn);
  void take_message(core::Turn& turn, const NetMessage& message);
  void shake(core::Turn& turn, const NetMessage& message);
  void open();
  void report(std::string_view type, const Body& payload);
  void say(std::string_view type, Body payload);
  void end(Error why);

  Shared* shared_;
  Transport transport_;
  std::unique_ptr<Opening> opening_;
  Fifo<core::Report> reports_;
  bool closed_ = false;
  /// The same address is worth another dial at once, with the other transport or with other garbage.
  bool again_ = false;
};

}  // namespace kith::bitcoin
