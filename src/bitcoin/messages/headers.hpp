// headers: getheaders, getblocks and headers, how two chains find where they part.
#pragma once

#include <span>
#include <vector>

#include "bitcoin/messages/handshake.hpp"
#include "ledger/chain.hpp"

namespace kith::bitcoin {

/// Most headers by which new blocks are announced; more are announced by an inv of the last one (BIP 130).
inline constexpr std::size_t max_announced_headers = 8;

/// Of getheaders and getblocks: the latest block that both have, in `hashes` newest first, and where to stop; no stop
/// is all zeros. Without hashes the one block `stop` is meant.
struct Locator {
  u32 version = static_cast<u32>(protocol_version);
  std::vector<Hash> hashes;
  Hash stop{};
  bool operator==(const Locator&) const = default;
};

/// version u32 | hashes | stop 32; at most ledger::max_locator hashes.
Buffer encode(const Locator& locator);
/// Fails with unwelcome on too many hashes, and with malformed.
Result<Locator> decode_locator(Bytes payload);

/// Headers of 80 bytes, each followed by a number of transactions, which is 0; at most ledger::max_headers.
Buffer encode_headers(std::span<const Buffer> headers);
/// As ledger::Chain takes them, who looks at their contents. Fails with oversize on too many, and with malformed.
Result<std::vector<Buffer>> decode_headers(Bytes payload);

}  // namespace kith::bitcoin
