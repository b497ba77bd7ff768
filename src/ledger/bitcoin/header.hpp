// Header: the 80 bytes that a Bitcoin block is known by.
#pragma once

#include "base/error.hpp"

namespace kith::ledger::bitcoin {

inline constexpr std::size_t header_size = 80;

struct Header {
  i32 version = 0;
  Hash parent{};
  Hash merkle_root{};
  /// Seconds since 1970.
  u32 time = 0;
  /// The target in compact form; see target.hpp.
  u32 bits = 0;
  u32 nonce = 0;
  bool operator==(const Header&) const = default;
};

/// Fails with malformed unless `bytes` is exactly one header.
Result<Header> parse_header(Bytes bytes);
Buffer encode(const Header& header);
/// The block's id: the double SHA-256 of its header.
Hash id_of(Bytes header);

}  // namespace kith::ledger::bitcoin
