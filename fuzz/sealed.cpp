// Sealed payloads, as an author can make them: bytes that are sealed and signed as they should be, with anything
// inside.
#include "lean/sealed.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "crypto/one_way.hpp"
#include "target.hpp"

using namespace kith;

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  static const crypto::Identity sender(std::array<u8, 32>{7});
  static const crypto::Identity receiver(std::array<u8, 32>{8});
  static const auto e = crypto::exchange_pair(crypto::Key{9});
  const PeerId from{sender.public_key()};
  const Bytes plain(data, size);
  check(!lean::open_letter(plain, from, receiver, Hash{}), "a payload that nobody sealed");

  Buffer bound = to_buffer(as_bytes("kith-lean/1 sealed"));
  Writer(bound).zeros(2).bytes(Hash{}).bytes(from.key).bytes(receiver.public_key());
  Buffer to_sign = bound;
  append(to_sign, plain);
  Buffer inside = to_buffer(plain);
  append(inside, sender.sign(to_sign));
  const auto payload = crypto::seal_to(receiver.exchange_public(), e, bound, inside);
  const auto letter = lean::open_letter(*payload, from, receiver, Hash{});
  if (!letter) return 0;
  check(letter->who == from && letter->bytes.size() <= max_letter, "a letter beyond its bound");
  check(letter->protocol.size() <= max_name_text && letter->back.size() <= max_contact_addresses,
        "a letter beyond its bound");
  check(letter->acknowledgement == letter->protocol.empty(), "a letter that is both");
  return 0;
}
