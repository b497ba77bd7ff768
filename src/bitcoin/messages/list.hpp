// list: how long a list of a message may be, said before anything is allocated for it. A message that a decoder fails
// on with malformed is dropped and the connection kept, as all of this network do; oversize and bad_message are the
// peer's debt; unwelcome ends the connection and costs nothing.
#pragma once

#include "base/reader.hpp"
#include "codec/compact.hpp"

namespace kith::bitcoin {

/// The number of entries of a list, each of at least `least` bytes. Fails with `beyond` if there are more than `most`,
/// and with malformed if the rest of the message cannot hold them.
inline Result<std::size_t> read_count(Reader& in, std::size_t most, std::size_t least, Fault beyond, const char* what) {
  const u64 count = codec::read_compact(in);
  if (!in.ok()) return fail(Fault::malformed, what);
  if (count > most) return fail(beyond, what);
  if (count * least > in.left()) return fail(Fault::malformed, what);
  return static_cast<std::size_t>(count);
}

}  // namespace kith::bitcoin
