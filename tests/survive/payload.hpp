// Payload: the words of a script that stand for bytes.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/rng.hpp"
#include "crypto/keys.hpp"

namespace kith::survive {

/// Who makes the bytes: items are signed by `identity` for `network`.
struct Maker {
  const crypto::Identity& identity;
  const Hash& network;
  Rng& rng;
};

/// The bytes of all words, one behind the other; nothing if one of them is none of these:
/// hex:00ff zero:N random:N u32:N u64:N str:TEXT (XDR) hash:N (32 bytes) id:N (20 bytes)
/// note:N (a signed item of N payload bytes) old:N (one of yesterday) forged:N (its signature is another's)
/// ids:N (an array of item ids) addresses:N (an array, with dates) headers:N block:N bad-block:N (on regtest's genesis
/// block)
std::optional<Buffer> payload_of(std::span<const std::string> words, Maker& maker);

}  // namespace kith::survive
