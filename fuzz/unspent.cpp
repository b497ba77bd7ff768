// The files of the set of unspent outputs: what restores is saved as the same bytes.
#include "ledger/bitcoin/unspent.hpp"

#include "base/check.hpp"
#include "crypto/sealed.hpp"
#include "target.hpp"

namespace kith {
namespace {

using namespace ledger::bitcoin;

void restore(Bytes file) {
  const auto tip = file.size() < 40 ? Hash{} : take_array<32>(file.subspan(8));
  const auto view = Unspent::restore(file, tip);
  if (!view) return;
  check(equal(view->save(), file), "a set has one file");
  check(view->median_time(view->height()) >= 0, "a set has times");
  check(!Unspent::restore(file, Hash{1}) || tip == Hash{1}, "a set of another chain");
}

}  // namespace
}  // namespace kith

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  const Bytes bytes{data, size};
  restore(bytes);
  // No fuzzer guesses a checksum.
  Buffer sealed = to_buffer(bytes);
  crypto::seal(sealed);
  restore(sealed);
  if (const auto undo = parse_undo(bytes)) check(equal(encode(*undo), bytes), "an undo has one encoding");
  return 0;
}
