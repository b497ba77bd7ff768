// Port: makes spacemesh wires, answers those who ask by datagrams who is there, and keeps what all of these share.
#pragma once

#include <map>

#include "base/recent.hpp"
#include "core/port.hpp"
#include "spacemesh/contacts.hpp"
#include "spacemesh/dialect.hpp"

namespace kith::spacemesh {

/// Records that are remembered, so that one that comes again is not taken again while its date is good; and how long.
inline constexpr std::size_t max_records = 65'536;
inline constexpr Duration records_for = 2 * max_drift;

struct PortConfig {
  /// Whom we say that we are.
  crypto::Key key{};
  u32 network_id = 1;
  Profile profile = profile_b;
  /// Kinds of items that prove themselves, ascending: what a node of the original can judge.
  std::vector<KindTag> kinds;
};

/// What all wires of a port use.
struct Shared {
  PortConfig config;
  Recent<crypto::BoxNonce> records{max_records, records_for};
  /// The host's table, which stays: learned with the first connection.
  std::vector<Name> table = {};
  /// Of this wire: by text, and all of them, ascending.
  std::map<std::string, u16, std::less<>> names = {};
  std::vector<u16> spoken = {};

  void learn(const core::Offer& ours);
  const std::string& text(u16 name) const { return table[name].text; }
  Priority priority(u16 name) const { return table[name].priority; }
};

class Port : public core::Port {
 public:
  explicit Port(const PortConfig& config)
      : shared_{config}, contacts_({config.key, config.network_id, config.profile}) {}

  std::string_view word() const override { return wire_word; }
  std::unique_ptr<core::Wire> dial(core::Turn& turn, const Address& to, const core::Offer& ours, bool probe) override;
  std::unique_ptr<core::Wire> accept(core::Turn& turn, const Address& from, const core::Offer& ours) override;
  /// Nobody proves an id here.
  void refuse(const PeerId&, bool) override {}

  void datagram(core::Turn& turn, const Address& from, Bytes bytes, const core::Offer& ours) override {
    contacts_.receive(turn, from, bytes, ours.hello.port);
  }
  void inquire(core::Turn& turn, const Address& of, const core::Offer& ours) override {
    contacts_.inquire(turn, of, ours.hello.port);
  }
  void tell(core::Turn& turn, u64 question, std::span<const core::TimedAddress> addresses,
            const core::Offer&) override {
    contacts_.tell(turn, question, addresses);
  }
  void on_tick(core::Turn& turn) override { contacts_.on_tick(turn.now); }
  Time next() const override { return contacts_.next(); }
  std::optional<core::PortReport> take() override { return contacts_.take(); }

 private:
  Shared shared_;
  Contacts contacts_;
};

}  // namespace kith::spacemesh
