// Gather: collects what belongs together and comes in parts. Memory follows the bytes that came, not those announced.
#pragma once

#include "base/bytes.hpp"

namespace kith {

/// Moves bytes from the front of `from` to the end of `into` until that holds `wanted`; true when it does. Room is made
/// for at most twice what has come, and never for more than `wanted`.
inline bool gather(Buffer& into, std::size_t wanted, Bytes& from) {
  const Bytes part = from.first(std::min(from.size(), wanted - into.size()));
  const std::size_t size = into.size() + part.size();
  if (size > into.capacity()) into.reserve(std::min(wanted, std::max(size, 2 * into.capacity())));
  append(into, part);
  from = from.subspan(part.size());
  return into.size() == wanted;
}

}  // namespace kith
