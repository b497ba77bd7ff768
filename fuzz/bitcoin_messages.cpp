// Bitcoin's messages: the first byte names the decoder of the rest. What is read is written as something that reads the
// same, and what is not read fails with a fault of its message.
#include <array>

#include "base/check.hpp"
#include "bitcoin/messages/addresses.hpp"
#include "bitcoin/messages/compact.hpp"
#include "bitcoin/messages/headers.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "bitcoin/messages/ping.hpp"
#include "target.hpp"

namespace kith::bitcoin {
namespace {

template <typename Decode, typename Encode>
void look(Bytes payload, std::initializer_list<Fault> faults, Decode decode, Encode encode_it) {
  const auto message = decode(payload);
  if (!message) {
    check(std::ranges::find(faults, message.error().fault) != faults.end(), "a fault that is not promised");
    return;
  }
  const Buffer once = encode_it(*message);
  const auto again = decode(once);
  check(again.has_value(), "what was written is read");
  check(encode_it(*again) == once, "and is the same");
}

constexpr auto write = [](const auto& message) { return encode(message); };
constexpr auto write_addr = [](const KnownAddresses& it) { return encode_addr(it.entries); };
constexpr auto write_addrv2 = [](const KnownAddresses& it) { return encode_addrv2(it.entries); };

void look_at(u8 which, Bytes in) {
  using enum Fault;
  switch (which % 14) {
    case 0: return look(in, {malformed}, decode_version, write);
    case 1: return look(in, {unwelcome}, decode_feature, write);
    case 2: return look(in, {malformed}, decode_feefilter, encode_feefilter);
    case 3: return look(in, {malformed, oversize}, decode_addr, write_addr);
    case 4: return look(in, {malformed, oversize}, decode_addrv2, write_addrv2);
    case 5: return look(in, {malformed, oversize}, decode_inventory, encode_inventory);
    case 6: return look(in, {malformed}, decode_notfound, encode_inventory);
    case 7: return look(in, {malformed, unwelcome}, decode_locator, write);
    case 8: return look(in, {malformed, oversize}, decode_headers, encode_headers);
    case 9: return look(in, {malformed}, decode_nonce, encode_nonce);
    case 10: return look(in, {malformed, bad_message}, decode_sendcmpct, write);
    case 11: return look(in, {malformed, oversize, bad_message}, decode_cmpctblock, write);
    case 12: return look(in, {malformed, oversize, bad_message, unwelcome}, decode_getblocktxn, write);
    default: return look(in, {malformed, oversize}, decode_blocktxn, write);
  }
}

}  // namespace
}  // namespace kith::bitcoin

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  if (size > 0) kith::bitcoin::look_at(data[0], kith::Bytes(data, size).subspan(1));
  return 0;
}
