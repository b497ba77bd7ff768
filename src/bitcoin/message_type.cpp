// The table of BIP 324's message type ids, in their order.
#include "bitcoin/message_type.hpp"

#include "base/check.hpp"

namespace kith::bitcoin {
namespace {

/// An empty text is no type: 0 stands before a type that is spelled out, the others belong to nobody yet or to others.
constexpr std::array<std::string_view, 38> types{"",
                                                 "addr",
                                                 "block",
                                                 "blocktxn",
                                                 "cmpctblock",
                                                 "feefilter",
                                                 "filteradd",
                                                 "filterclear",
                                                 "filterload",
                                                 "getblocks",
                                                 "getblocktxn",
                                                 "getdata",
                                                 "getheaders",
                                                 "headers",
                                                 "inv",
                                                 "mempool",
                                                 "merkleblock",
                                                 "notfound",
                                                 "ping",
                                                 "pong",
                                                 "sendcmpct",
                                                 "tx",
                                                 "getcfilters",
                                                 "cfilter",
                                                 "getcfheaders",
                                                 "cfheaders",
                                                 "getcfcheckpt",
                                                 "cfcheckpt",
                                                 "addrv2",
                                                 "",
                                                 "",
                                                 "",
                                                 "",
                                                 "",
                                                 "",
                                                 "",
                                                 "",
                                                 "feature"};

bool is_printable(u8 byte) { return byte >= 0x20 && byte <= 0x7e; }

}  // namespace

std::optional<std::string> read_type(Bytes field) {
  check(field.size() == type_size, "a field of a type");
  const auto end = std::ranges::find(field, 0);
  if (!std::all_of(field.begin(), end, is_printable)) return std::nullopt;
  if (!std::all_of(end, field.end(), [](u8 byte) { return byte == 0; })) return std::nullopt;
  return std::string(field.begin(), end);
}

std::array<u8, type_size> write_type(std::string_view type) {
  check(type.size() <= type_size, "a type that fits its field");
  std::array<u8, type_size> out{};
  std::ranges::copy(type, out.begin());
  return out;
}

std::optional<u8> short_id(std::string_view type) {
  const auto at = std::ranges::find(types, type);
  if (type.empty() || at == types.end()) return std::nullopt;
  return static_cast<u8>(at - types.begin());
}

std::optional<std::string_view> type_of(u8 id) {
  if (id >= types.size() || types[id].empty()) return std::nullopt;
  return types[id];
}

}  // namespace kith::bitcoin
