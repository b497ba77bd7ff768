// Hashes: the few functions that name content, derive keys and spread map keys, so that no other file calls a library.
#pragma once

#include <array>
#include <initializer_list>

#include "base/bytes.hpp"

namespace kith::crypto {

/// SHA-256 (FIPS 180-4).
Hash sha256(Bytes data);
/// SHA-256 of the parts put one behind the other.
Hash sha256(std::initializer_list<Bytes> parts);
/// SHA-256 of SHA-256: the hash of Bitcoin's blocks and transactions.
Hash sha256d(Bytes data);
/// HMAC-SHA-256 (RFC 2104).
Hash hmac_sha256(Bytes key, Bytes data);
/// SipHash-2-4: a hash that whoever lacks `key` cannot steer. Its value is the little-endian reading of the 8 bytes.
u64 keyed_hash(const std::array<u8, 16>& key, Bytes data);

}  // namespace kith::crypto
