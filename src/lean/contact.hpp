// Contact: a node's signed address record: where it can be dialled, and whether others may say so to who asks by its
// key. docs/protocol/lean.md §8.
#pragma once

#include <map>
#include <set>

#include "base/error.hpp"
#include "base/time.hpp"
#include "model/mail.hpp"

namespace kith::crypto {
class Identity;
}

namespace kith::lean {

/// Largest contact, in bytes: its head, 44 for each address, and the signature.
inline constexpr std::size_t max_contact = 48 + 44 * max_contact_addresses + 64;
/// A contact counts for so long after its time, and not if that is further ahead than clocks may differ.
inline constexpr auto contact_lasts = std::chrono::hours(2);
inline constexpr auto contact_ahead = std::chrono::minutes(10);

struct Contact {
  PeerId id;
  /// Of two, the later one counts.
  Utc time{};
  bool findable = false;
  /// Each with `id` as the one who is expected there.
  std::vector<Address> addresses;
};

/// id[32] | time hyper | findable bool | addresses<2>, without their ids ‖ signature[64]
Buffer sign_contact(const Contact& contact, const crypto::Identity& identity, const Hash& network);
/// Fault::malformed if it cannot be read. The signature is checked by verify_contact().
Result<Contact> decode_contact(Bytes bytes);
/// Whether an encoded contact carries its owner's signature for `network`. 91 µs.
bool verify_contact(Bytes bytes, const Hash& network);
bool is_current(const Contact& contact, Utc now);

/// The contacts that neighbours told us of themselves, for who asks.
class Contacts {
 public:
  /// Beyond so many the one that was told longest ago goes.
  static constexpr std::size_t most = 4096;

  struct Row {
    Contact contact;
    Buffer bytes;
    /// Where we see that node ourselves, if it listens.
    std::optional<Address> seen;
    Time told{};
  };
  /// False, and nothing is changed, if a later one is there.
  bool put(Time now, Contact contact, Buffer bytes, std::optional<Address> seen);
  /// The contact of a node that agreed to be found; nothing if there is none, or it is too old.
  const Row* find(const PeerId& id, Utc now) const;
  std::size_t size() const { return rows_.size(); }

 private:
  std::map<PeerId, Row> rows_;
  std::set<std::pair<Time, PeerId>> oldest_;
};

}  // namespace kith::lean
