// application: the protocols that are the application's own: messages to one neighbour, and calls.
// parity: 11 | the same to a neighbour; on lean to any node of the network, acknowledged | OriginalWire.carries_a_message_to_one_neighbour, ALetter.to_a_neighbour_goes_over_the_connection, Mail.is_acknowledged_and_told_once_however_often_it_comes
#pragma once

#include <functional>

#include "core/requests.hpp"
#include "spacemesh/dialect.hpp"

namespace kith::spacemesh {

/// How long an answer is waited for; go-spacemesh, p2p/server, the lifetime of requests of sync.
inline constexpr Duration call_patience = std::chrono::seconds(10);

struct AppProtocol {
  std::string name;
  /// Answers the requests of neighbours: with data, or with a text of why not. On the host's thread, so cheap.
  std::function<std::expected<Buffer, std::string>(u32 type, Bytes body)> answer = nullptr;
};

class Application : public core::Protocol {
 public:
  explicit Application(std::vector<AppProtocol> protocols) : protocols_(std::move(protocols)) {}

  std::vector<Name> names() const override;
  void mounted(u16 first) override { first_ = first; }
  void on_gone(core::ProtocolTurn& turn, Peer peer) override;
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override;
  void on_tick(core::ProtocolTurn& turn) override;
  Time next() const override { return calls_.next(); }
  bool idle() const override { return calls_.size() == 0; }
  bool on_direct(core::ProtocolTurn& turn, Peer peer, std::string_view protocol, const Body& bytes) override;
  bool on_call(core::ProtocolTurn& turn, Peer peer, u64 number, std::string_view protocol, u32 type,
               const Body& body) override;

 private:
  /// In the host's table.
  std::optional<u16> name_of(std::string_view protocol) const;
  void answer(core::ProtocolTurn& turn, Peer peer, const Message& message);

  std::vector<AppProtocol> protocols_;
  u16 first_ = 0;
  /// The numbers of calls.
  core::Requests<u64> calls_;
};

}  // namespace kith::spacemesh
