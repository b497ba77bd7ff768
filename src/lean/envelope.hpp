// Envelope: the signed body of an authored item; the author's own version and network are in what it signs.
// docs/protocol/lean.md §7.
// parity: 8 | an item has all of them, signed by its author; a message has its date, and a signature where a side wants it; 10 minutes as well | Envelope.counts_in_its_own_network_with_no_bit_changed_and_as_its_authors, WireSignatures.one_side_that_demands_them_makes_both_sign, Time.of_a_message_is_ten_minutes_from_now_at_most
#pragma once

#include "base/error.hpp"
#include "base/time.hpp"
#include "core/kind.hpp"
#include "model/hello.hpp"

namespace kith::crypto {
class Identity;
}

namespace kith::lean {

/// Bytes of an envelope beside its protocol's text and its payload (at most; the text is padded to four).
inline constexpr std::size_t envelope_overhead = 32 + 4 + 8 + 4 + max_name_text + 4 + 4 + 64;
/// An item older than this, or further ahead, is not judged. Narrower than gossip remembers ids, so that an old item
/// cannot come round again.
inline constexpr auto item_past = std::chrono::minutes(10);
inline constexpr auto item_ahead = std::chrono::minutes(2);

struct Envelope {
  PeerId author;
  Version version = 0;
  Utc time{};
  std::string protocol;
  u32 type = 0;
  Buffer payload;
  std::array<u8, 64> signature{};
};

/// author[32] | version unsigned | time hyper | protocol string<32> | type unsigned | payload opaque<> ‖ signature[64]
Buffer encode_envelope(const Envelope& envelope);
/// `largest` bounds the payload, in bytes.
Result<Envelope> decode_envelope(Bytes bytes, std::size_t largest);

/// Signs `envelope` as `author` for `network`; sets its author and signature.
void sign_envelope(Envelope& envelope, const crypto::Identity& author, const Hash& network);
/// Whether the signature of an encoded envelope is its author's for `network`. 90 µs, or 48 for an author of whom an
/// envelope was good before.
bool verify_envelope(Bytes bytes, const Hash& network, bool known_author = false);
/// First 20 bytes of SHA-256 of the whole envelope, signature included.
ItemHash envelope_hash(Bytes bytes);

/// An authored kind: `text` is both the kind's and the protocol's, `largest` bounds the payload, and `judge` says what
/// the application makes of an envelope whose signature holds. It runs on workers, several at a time.
core::Kind authored(std::string text, u32 largest, Priority priority, Hash network,
                    std::function<Verdict(const Envelope&)> judge);

}  // namespace kith::lean
