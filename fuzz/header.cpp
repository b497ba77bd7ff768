// Headers: what decodes encodes to the same bytes, and the rules answer any 80 bytes with a value.
#include "ledger/bitcoin/header.hpp"

#include "base/check.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "ledger/bitcoin/target.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  using namespace kith::ledger::bitcoin;
  const Bytes input(data, size);
  const auto header = parse_header(input);
  check(header.has_value() == (size == header_size), "a header is 80 bytes and nothing else");
  if (!header) return 0;
  check(equal(encode(*header), input), "decode then encode gives the same bytes");
  if (const auto target = from_compact(header->bits)) {
    check(*from_compact(to_compact(*target)) == *target, "a compact form loses nothing");
    check(work_of(*target) > Work{}, "every target stands for some work");
  }
  for (const Params* params : {&mainnet(), &regtest()}) {
    const auto parsed = BitcoinRules(*params).parse(input);
    check(!parsed || (parsed->parent == header->parent && proves_work(*params, parsed->id, header->bits)),
          "a header that parses proves its work");
  }
  return 0;
}
