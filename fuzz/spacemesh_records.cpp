// What Spacemesh seals, which anybody can: any bytes inside a first record and a datagram that open, and any bytes in
// place of them.
#include "base/check.hpp"
#include "spacemesh/datagram.hpp"
#include "spacemesh/handshake.hpp"
#include "target.hpp"

namespace kith::spacemesh {
namespace {

void look_at_first(Bytes record) {
  const auto first = decode_first_record(record);
  if (!first) {
    const Fault fault = first.error().fault;
    check(fault == Fault::bad_record || fault == Fault::handshake_failed, "a fault that is not promised");
    return;
  }
  const auto again = decode_first_record(encode(*first, {}));
  check(again && *again == *first, "what is written is read");
  check(encode(*first, {}).size() <= record.size(), "and is no longer");
}

void look_at_datagram(Bytes bytes) {
  const auto datagram = decode_datagram(bytes);
  if (!datagram) {
    const Fault fault = datagram.error().fault;
    check(fault == Fault::bad_record || fault == Fault::malformed || fault == Fault::oversize, "not promised");
    return;
  }
  const auto again = decode_datagram(encode(*datagram, {}));
  check(again && again->key == datagram->key && again->message.metadata == datagram->message.metadata, "is read");
}

void look_at(Bytes bytes) {
  look_at_first(bytes);
  look_at_datagram(bytes);
}

}  // namespace
}  // namespace kith::spacemesh

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  spacemesh::look_at({data, size});
  Buffer sealed(32);
  append(sealed, spacemesh::seal({}, {data, size}));
  spacemesh::look_at(sealed);
  return 0;
}
