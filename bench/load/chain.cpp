// One block after the other, ten minutes apart.
#include "load/chain.hpp"

#include <chrono>
#include <ostream>

#include "base/writer.hpp"
#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/maker.hpp"

namespace kith::bench {

void write_chain(const ledger::bitcoin::Params& params, std::size_t blocks, std::ostream& out) {
  using namespace std::chrono;
  constexpr i64 apart = 600;
  const i64 now = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
  Buffer block = params.genesis_block;
  for (std::size_t height = 0;;) {
    Buffer record;
    Writer(record).u32le(params.magic).u32le(static_cast<u32>(block.size())).bytes(block);
    out.write(reinterpret_cast<const char*>(record.data()), static_cast<std::streamsize>(record.size()));
    if (height == blocks) return;
    const auto parent = ledger::bitcoin::id_of(Bytes(block).first(ledger::bitcoin::header_size));
    ++height;
    const i64 time = now - apart * static_cast<i64>(blocks - height);
    block = ledger::bitcoin::make_block(params, parent, static_cast<u32>(height), time);
  }
}

}  // namespace kith::bench
