// Port: makes lean wires that share one identity.
#pragma once

#include "lean/handshake.hpp"

namespace kith::lean {

/// The word for this wire in an address; a new version of the wire is a new word.
inline constexpr std::string_view wire_word = "lean";

class Port : public core::Port {
 public:
  /// `identity` outlives the port. With `sign_all` every message is signed and none without a signature is taken.
  Port(const crypto::Identity& identity, bool sign_all) : shared_{.identity = identity, .sign_all = sign_all} {}

  std::string_view word() const override { return wire_word; }
  std::unique_ptr<core::Wire> dial(core::Turn& turn, const Address& to, const core::Offer& ours, bool probe) override;
  std::unique_ptr<core::Wire> accept(core::Turn& turn, const Address&, const core::Offer& ours) override;
  void refuse(const PeerId& id, bool refused) override;

 private:
  Shared shared_;
};

}  // namespace kith::lean
