// inv, getdata and notfound.
#include "bitcoin/messages/inventory.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "bitcoin/messages/list.hpp"

namespace kith::bitcoin {
namespace {

constexpr std::size_t inv_size = 36;

Result<std::vector<Inv>> decode(Bytes payload, Fault beyond) {
  Reader in(payload);
  const auto count = read_count(in, max_inventory, inv_size, beyond, "inventory");
  if (!count) return std::unexpected(count.error());
  std::vector<Inv> out;
  out.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) {
    const auto type = static_cast<InvType>(in.u32le());
    out.push_back({type, in.array<32>()});
  }
  return out;
}

}  // namespace

Buffer encode_inventory(std::span<const Inv> entries) {
  check(entries.size() <= max_inventory, "more inventory than anybody takes");
  Buffer out;
  codec::write_compact(out, entries.size());
  for (const auto& [type, hash] : entries) Writer(out).u32le(static_cast<u32>(type)).bytes(hash);
  return out;
}

Result<std::vector<Inv>> decode_inventory(Bytes payload) { return decode(payload, Fault::oversize); }

Result<std::vector<Inv>> decode_notfound(Bytes payload) { return decode(payload, Fault::malformed); }

}  // namespace kith::bitcoin
