// Blocks: any bytes get a verdict, and never one that would spoil a good id for a bad copy.
#include "ledger/bitcoin/block.hpp"

#include "base/check.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/tx.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  using namespace kith::ledger::bitcoin;
  const Bytes input(data, size);
  Reader in(input);
  const auto tx = read_tx(in);
  check(!in.ok() || tx.stripped_size + in.left() <= size, "a transaction is no larger than its bytes");

  ledger::BlockJob job;
  if (size >= header_size) job.ref.id = id_of(input.first(header_size));
  job.body = Body(to_buffer(input));
  const auto good = check_block(regtest(), job);
  check(good || good.error().fault == Fault::corrupt_block || good.error().fault == Fault::bad_block,
        "a body is good, bad, or not the block");
  if (!good || size == 0) return 0;
  // Every bit of a good block is committed to; the first and the last byte stand for all.
  for (const std::size_t at : {std::size_t{0}, size - 1}) {
    Buffer copy = to_buffer(input);
    copy[at] ^= 1;
    job.body = Body(std::move(copy));
    const auto altered = check_block(regtest(), job);
    check(!altered && altered.error().fault == Fault::corrupt_block, "an altered copy is no block of this id");
  }
  return 0;
}
