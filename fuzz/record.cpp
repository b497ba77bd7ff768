// Records, frames and reassembly: any bytes as what came off the wire, and as what stands inside an authenticated
// record.
#include "lean/record.hpp"

#include "base/check.hpp"
#include "lean/control.hpp"
#include "lean/inbox.hpp"
#include "target.hpp"

using namespace kith;

namespace {

void open_records(Bytes stream) {
  crypto::Aead aead;
  crypto::CipherState cipher{crypto::Key{}};
  while (true) {
    const auto before = stream.size();
    Buffer plain;
    const auto record = lean::take_record(aead, cipher, stream, plain);
    if (!record || !*record) return;
    check((*record)->size() <= lean::max_plain && stream.size() < before, "a record beyond its bound");
  }
}

void read_frames(Bytes plain) {
  lean::Inbox inbox({std::optional<u32>(100), std::nullopt, std::optional<u32>(5000)});
  Reader in(plain);
  Buffer again;
  while (in.left() > 0) {
    const auto frame = lean::read_frame(in);
    if (!frame) return;
    lean::write_frame(again, *frame);
    check(equal(again, plain.first(again.size())), "a frame has one spelling");
    if (frame->lane == lean::control_lane) {
      if (!lean::decode_control(frame->piece)) return;
      continue;
    }
    if (frame->reset) {
      inbox.drop(frame->lane);
      continue;
    }
    const auto whole = inbox.take(*frame);
    if (!whole && whole.error().fault != Fault::unknown_name) return;
    if (whole && *whole) check((*whole)->payload().size() <= 5000, "a payload beyond its bound");
    check(inbox.partial() <= lean::max_partial && inbox.partial_bytes() <= lean::max_partial_bytes, "inbox bounds");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  open_records({data, size});
  read_frames({data, size});
  return 0;
}
