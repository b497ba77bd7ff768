// Handshake: Noise_IK_25519_ChaChaPoly_SHA256 with a Hello in each message. The responder says nothing at all unless
// the dialler is who it says, knows whom it dialled, and speaks our network. docs/protocol/lean.md §2.
// parity: 6 | Noise IK: both keys proven, answered, forward secret; version, network, date and port on both sides | Handshake.is_192_bytes_one_way_and_144_the_other_and_names_follow, Ik.carries_both_payloads_and_gives_both_sides_the_same_keys, Handshake.a_false_name_for_a_key_is_refused_at_both_ends, Handshake.who_stole_our_key_can_start_but_not_finish_a_session_in_anothers_name
#pragma once

#include <optional>
#include <set>

#include "base/recent.hpp"
#include "core/port.hpp"
#include "crypto/keys.hpp"
#include "crypto/noise.hpp"

namespace kith::lean {

inline constexpr std::size_t first_size = 192;
inline constexpr std::size_t second_size = 144;
/// From the first byte to the first record of the other side.
inline constexpr auto handshake_patience = std::chrono::seconds(5);

/// What all connections of a node share.
struct Shared {
  const crypto::Identity& identity;
  /// We sign every message, and take none without a signature.
  bool sign_all = false;
  crypto::Aead aead{};
  /// The plaintext of the record that is being read, of whichever connection.
  Buffer plain{};
  /// First 16 bytes of the ephemeral keys of first messages that authenticated. Kept for twice the clocks' window, so
  /// that a replay is either here or too old.
  Recent<std::array<u8, 16>> seen{65'536, std::chrono::minutes(20)};
  /// Exchange keys of identities that may not have a session.
  std::set<crypto::Key> refused{};
};

struct Session {
  crypto::CipherState send;
  crypto::CipherState receive;
  /// Noise's h: names this session in what is signed.
  Hash handshake{};
  Hello theirs;
};

/// The responder's side: the second message and the session, or why there is silence. Has no effect outside
/// `shared.seen`, because a first message can be replayed, and forged by whoever stole our key.
struct Answer {
  Buffer message;
  Session session;
};
/// Why there is silence; with the dialler's date if it is of our network, since that may be the reason.
struct Refusal {
  Refusal(Error why, std::optional<Utc> date = std::nullopt) : error(why), their_clock(date) {}

  Error error;
  std::optional<Utc> their_clock;
};
std::expected<Answer, Refusal> answer(Shared& shared, const core::Offer& ours, core::Turn& turn, Bytes first);

/// The dialler's side.
class Asking {
 public:
  /// Fails with bad_address if `whom` is not a key that can have a session.
  static Result<Asking> begin(Shared& shared, const core::Offer& ours, core::Turn& turn, const PeerId& whom);

  const Buffer& message() const { return first_; }
  Result<Session> finish(const core::Offer& ours, const core::Turn& turn, Bytes second);

 private:
  Asking(crypto::IkInitiator noise, const PeerId& whom, Buffer first)
      : noise_(std::move(noise)), whom_(whom), first_(std::move(first)) {}

  crypto::IkInitiator noise_;
  PeerId whom_;
  Buffer first_;
};

}  // namespace kith::lean
