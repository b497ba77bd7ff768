// Contacts: bytes, signatures, and the shelf on which those of neighbours are kept.
#include "lean/contact.hpp"

#include "codec/address_xdr.hpp"
#include "codec/xdr.hpp"
#include "crypto/keys.hpp"

namespace kith::lean {
namespace {

constexpr std::size_t signature_bytes = 64;

/// "kith-lean/1 contact" 00 00 ‖ network ‖ body.
Buffer signed_bytes(Bytes body, const Hash& network) {
  Buffer out = to_buffer(as_bytes("kith-lean/1 contact"));
  Writer(out).zeros(2).bytes(network).bytes(body);
  return out;
}

}  // namespace

Buffer sign_contact(const Contact& contact, const crypto::Identity& identity, const Hash& network) {
  Buffer out;
  codec::XdrWriter write(out);
  write.fixed(contact.id.key).i64(to_millis(contact.time)).boolean(contact.findable);
  write.u32(static_cast<u32>(contact.addresses.size()));
  for (auto address : contact.addresses) {
    address.id.reset();
    codec::write_address(write, address);
  }
  const auto signature = identity.sign(signed_bytes(out, network));
  append(out, signature);
  return out;
}

Result<Contact> decode_contact(Bytes bytes) {
  codec::XdrReader in(bytes);
  Contact out;
  out.id = PeerId{in.fixed<32>()};
  out.time = from_millis(in.i64());
  out.findable = in.boolean();
  const u32 count = in.u32();
  if (count > max_contact_addresses) return fail(Fault::malformed, "addresses of a contact");
  for (u32 i = 0; i < count && in.ok(); ++i) {
    auto address = codec::read_address(in);
    if (address.id) in.fail();
    address.id = out.id;
    out.addresses.push_back(std::move(address));
  }
  in.fixed<signature_bytes>();
  if (const auto done = in.done("contact"); !done) return std::unexpected(done.error());
  return out;
}

bool verify_contact(Bytes bytes, const Hash& network) {
  if (bytes.size() < 32 + signature_bytes) return false;
  const Bytes body = bytes.first(bytes.size() - signature_bytes);
  return crypto::verify(take_array<32>(bytes), signed_bytes(body, network),
                        take_array<64>(bytes.last(signature_bytes)));
}

bool is_current(const Contact& contact, Utc now) {
  // Compared without a difference of the two: its time is any 64-bit number.
  return contact.time >= now - contact_lasts && contact.time <= now + contact_ahead;
}

bool Contacts::put(Time now, Contact contact, Buffer bytes, std::optional<Address> seen) {
  const auto id = contact.id;
  if (const auto old = rows_.find(id); old != rows_.end()) {
    if (old->second.contact.time > contact.time) return false;
    oldest_.erase({old->second.told, id});
  } else if (rows_.size() >= most) {
    rows_.erase(oldest_.begin()->second);
    oldest_.erase(oldest_.begin());
  }
  rows_.insert_or_assign(id, Row{std::move(contact), std::move(bytes), std::move(seen), now});
  oldest_.emplace(now, id);
  return true;
}

const Contacts::Row* Contacts::find(const PeerId& id, Utc now) const {
  const auto at = rows_.find(id);
  if (at == rows_.end() || !at->second.contact.findable || !is_current(at->second.contact, now)) return nullptr;
  return &at->second;
}

}  // namespace kith::lean
