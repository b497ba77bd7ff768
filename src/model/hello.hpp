// Hello: what two nodes tell each other before anything else.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/address.hpp"
#include "model/fork_id.hpp"
#include "model/item.hpp"

namespace kith {

/// major << 16 | minor << 8 | patch. Nodes of one major version understand each other, of two do not.
using Version = u32;
constexpr u32 major_of(Version v) { return v >> 16; }
constexpr Version version(u8 major, u8 minor, u8 patch) { return u32{major} << 16 | u32{minor} << 8 | patch; }
inline std::string to_text_version(Version v) {
  return std::to_string(v >> 16) + "." + std::to_string(v >> 8 & 255) + "." + std::to_string(v & 255);
}

/// Longest client string, in bytes.
inline constexpr std::size_t max_client = 16;

struct Hello {
  /// Proven by the handshake; absent where a wire proves none.
  std::optional<PeerId> id;
  /// Who it says it is, where a wire has ids and proves none: nothing is decided by that.
  std::optional<PeerId> claimed = std::nullopt;
  /// SHA-256 of the network's name and genesis.
  Hash network{};
  Utc time{};
  /// Port on which the sender listens; 0 if it does not, or knows that it cannot be reached.
  u16 port = 0;
  Version version = 0;
  std::string client;
  /// Names of the host's own table that the peer speaks as well, as indices, ascending.
  std::vector<u16> names;
  /// Where its ledger stands among the changes of rules; absent without a ledger, and from who is too old to say.
  std::optional<ForkId> fork = std::nullopt;
  /// Kinds of items that it takes, ascending; absent from who is too old to say, who takes what comes.
  std::optional<std::vector<KindTag>> kinds = std::nullopt;

  bool shares(u16 name) const { return std::binary_search(names.begin(), names.end(), name); }
};

}  // namespace kith
