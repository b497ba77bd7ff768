// The address book's file: what restores is saved as the same bytes, and bears all that may happen to a book.
#include "base/check.hpp"
#include "crypto/sealed.hpp"
#include "peers/peer_book.hpp"
#include "target.hpp"

namespace kith {
namespace {

const Utc now = from_seconds(1'700'000'000);

void use(peers::PeerBook book) {
  auto rng = Rng::seeded(1);
  for (const auto& entry : book.entries()) {
    book.failed(entry.address, now);
    book.good(entry.address, now);
    book.told(entry.address, 7);
    book.takes(entry.address, {{7, 5}});
  }
  book.choose(rng, false, now, [](const peers::Entry&) { return true; });
  book.answer(rng, now, Ip::v4(1, 2, 3, 4));
  book.answer(rng, now, Ip::v4(1, 2, 3, 4), 7);
  while (book.size() > 0) book.forget_source(book.entries().front().source);
}

void restore(Bytes file) {
  auto book = peers::PeerBook::restore(file);
  if (!book) return;
  const auto saved = book->save();
  // A file of the version before this has no kinds; what is saved has a place for them.
  const bool older = file[3] == 1;
  check(older || equal(saved, file), "a book has one file");
  const auto again = peers::PeerBook::restore(saved);
  check(again && again->save() == saved, "a saved book restores");
  use(std::move(*book));
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
  return 0;
}
