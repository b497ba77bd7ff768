// inventory: inv, getdata and notfound, lists of what a node has, wants or lacks.
#pragma once

#include <span>
#include <vector>

#include "base/error.hpp"

namespace kith::bitcoin {

/// Most entries of a message.
inline constexpr std::size_t max_inventory = 50'000;
/// Most entries that we ask for at once.
inline constexpr std::size_t max_asked = 1000;
/// Most blocks that an answer to getblocks names.
inline constexpr std::size_t max_told_blocks = 500;

/// Any other number may come, and says nothing to us.
enum class InvType : u32 {
  tx = 1,
  block = 2,
  filtered_block = 3,
  compact_block = 4,
  /// By the id that covers the witness (BIP 339).
  wtx = 5,
  /// Those with the bit of BIP 144 are only asked for.
  witness_tx = 0x40000001,
  witness_block = 0x40000002,
};

struct Inv {
  InvType type{};
  Hash hash{};
  auto operator<=>(const Inv&) const = default;
};

/// For all three. A getdata of ours has at most max_asked entries.
Buffer encode_inventory(std::span<const Inv> entries);
/// For inv and getdata. Fails with oversize on too many entries, and with malformed.
Result<std::vector<Inv>> decode_inventory(Bytes payload);
/// Too many entries are malformed here: nobody owes for a notfound.
Result<std::vector<Inv>> decode_notfound(Bytes payload);

}  // namespace kith::bitcoin
