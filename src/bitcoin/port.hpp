// Port: makes bitcoin wires, and keeps what they share: who we are on this network, and who was found to speak v1 only.
// spec: BIP 159 | NODE_NETWORK_LIMITED is known of others; it is not offered, for all blocks are served | OverEither.who_comes_late_fetches_the_whole_chain
#pragma once

#include <map>

#include "base/recent.hpp"
#include "bitcoin/dialect.hpp"
#include "core/port.hpp"
#include "crypto/aead.hpp"

namespace kith::bitcoin {

/// Addresses that are remembered to refuse the encrypted transport, and for how long.
inline constexpr std::size_t max_plain = 1024;
inline constexpr Duration plain_for = std::chrono::hours(24);
/// Dials of ours that are remembered, so that we know ourselves when we come in.
inline constexpr std::size_t max_nonces = 1024;

struct PortConfig {
  Magic magic{};
  /// What version tells: see bitcoin/messages/handshake.hpp, service.
  u64 services = 0;
  /// Dials with the encrypted transport first, and answers it (BIP 324).
  bool encrypted = true;
  std::string user_agent;
  /// Whether transactions may be announced to us.
  bool relay = true;
};

/// What all wires of a port use.
struct Shared {
  PortConfig config;
  crypto::Aead aead;
  Recent<Address> plain{max_plain, plain_for};
  Recent<u64> nonces{max_nonces, std::chrono::minutes(2)};
  /// The host's number for each type of message; filled with the first connection, since a host's table stays.
  std::map<std::string, u16, std::less<>> types;
};

class Port : public core::Port {
 public:
  explicit Port(PortConfig config) { shared_.config = std::move(config); }

  std::string_view word() const override { return wire_word; }
  std::unique_ptr<core::Wire> dial(core::Turn& turn, const Address& to, const core::Offer& ours, bool probe) override;
  std::unique_ptr<core::Wire> accept(core::Turn& turn, const Address& from, const core::Offer& ours) override;
  /// Nobody proves an id here.
  void refuse(const PeerId&, bool) override {}

 private:
  void learn_types(const core::Offer& ours);

  Shared shared_;
};

}  // namespace kith::bitcoin
