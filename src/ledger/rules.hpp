// Rules: what a chain's headers must obey; the one thing that a Chain does not know by itself.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "model/block.hpp"

namespace kith::ledger {

class Chain;

/// Largest header of any chain, in bytes.
inline constexpr std::size_t max_header = 1024;

/// What a header says of itself.
struct Parsed {
  Hash id{};
  Hash parent{};
  /// The effort that this header alone proves.
  Work work;
  /// Seconds since 1970.
  i64 time = 0;
  /// The difficulty field in the chain's own encoding; 0 where there is none.
  u32 bits = 0;
  /// The version field; 0 where there is none.
  i32 version = 0;
};

class Rules {
 public:
  virtual ~Rules() = default;
  virtual Buffer genesis_header() const = 0;
  /// Decodes and checks what needs no context: size, fields, proof of work. Fails with malformed or bad_header.
  virtual Result<Parsed> parse(Bytes header) const = 0;
  /// Checks what depends on the ancestors: difficulty, median time, a date too far ahead (future_block).
  virtual Result<> check(const Chain& chain, const BlockRef& parent, const Parsed& header, Utc now) const = 0;
  /// Whether `next` may follow `previous` (its direct parent, at `height` - 1) as far as that can be said without the
  /// other ancestors; what the low-work presync checks while it keeps no headers.
  virtual bool may_follow(const Parsed& previous, const Parsed& next, u32 height) const = 0;
  /// The header at the front of a block's body; fails if the body is too short.
  virtual Result<Bytes> header_of(Bytes block) const = 0;
  /// The heights, ascending and above 0, from which other rules bind than below, so that who does not follow is on
  /// another chain. Nodes tell each other where they stand among them.
  virtual std::vector<u32> forks() const { return {}; }
};

}  // namespace kith::ledger
