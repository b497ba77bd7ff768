// Keys as text: what names a node in URLs and files. They are of X25519; the private one is 32 random bytes as they
// were drawn, not clamped. go-spacemesh, p2p/p2pcrypto/crypto.go.
// parity: 1 | one on each wire, made at the first start, in files that only their owner reads: Ed25519 on lean, the original's own id.json on the spacemesh wire; another directory is another identity | Key.is_made_once_for_the_owner_only_and_shown_again, Node.has_the_same_identity_whenever_it_is_opened_in_the_same_directory, SpacemeshId.of_the_original_is_read_and_written_in_the_same_bytes, Keys.are_those_of_the_original_and_so_is_their_text
#pragma once

#include <optional>
#include <string>

#include "codec/base58.hpp"
#include "crypto/keys.hpp"

namespace kith::spacemesh {

/// Base58 without a checksum, 32 to 44 characters.
inline std::string key_text(const crypto::Key& key) { return codec::to_base58(key); }

/// Nothing for anything but 32 bytes in Base58.
inline std::optional<crypto::Key> parse_key(std::string_view text) {
  const auto bytes = codec::from_base58(text, crypto::Key{}.size());
  if (!bytes || bytes->size() != crypto::Key{}.size()) return std::nullopt;
  return take_array<crypto::Key{}.size()>(*bytes);
}

}  // namespace kith::spacemesh
