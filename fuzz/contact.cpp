// Contacts: what decodes is written to the same bytes again, but for a signature that nobody here can make.
#include "lean/contact.hpp"

#include "base/check.hpp"
#include "crypto/keys.hpp"
#include "target.hpp"

using namespace kith;

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  static const crypto::Identity identity(std::array<u8, 32>{7});
  const Bytes bytes(data, size);
  const auto contact = lean::decode_contact(bytes);
  if (!contact) return 0;
  check(size <= lean::max_contact, "a contact beyond its bound");
  const auto again = lean::sign_contact(*contact, identity, Hash{});
  check(again.size() == size && equal(Bytes(again).first(size - 64), bytes.first(size - 64)),
        "a contact has one spelling");
  lean::Contacts contacts;
  contacts.put(Time{}, *contact, to_buffer(bytes), std::nullopt);
  // Its time is any 64-bit number; the date of whoever asks is one that can be.
  const auto now = std::clamp(contact->time, Utc{}, from_seconds(i64{1} << 40));
  const auto* found = contacts.find(contact->id, now);
  if (now != contact->time) return 0;
  check((found != nullptr) == contact->findable, "told of one that does not want it");
  return 0;
}
