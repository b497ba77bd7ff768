// Files of the original Spacemesh node: any bytes as an identity and as an address book. What is read is written as
// something that reads the same.
#include "app/spacemesh_files.hpp"

#include "base/check.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  const auto text = as_text({data, size});
  if (const auto identity = app::read_id_json(text)) {
    const auto again = app::read_id_json(app::to_id_json(*identity));
    check(again && again->public_key == identity->public_key, "an identity that is written is read");
  }
  if (const auto book = app::read_peers_json(text)) {
    const auto again = app::read_peers_json(app::to_peers_json(*book));
    check(again && *again == *book, "a book that is written is read");
  }
  return 0;
}
