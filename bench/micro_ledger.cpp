// What the real blocks 0..14131 cost from bytes to tip.
#include <fstream>

#include <benchmark/benchmark.h>

#include "base/check.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "ledger/chain.hpp"
#include "ledger/log_judge.hpp"

using namespace kith;

namespace {

void sync_from_disk(benchmark::State& state) {
  std::ifstream file(KITH_SOURCE_DIR "/data/mainnet-blocks-0-14131.blk", std::ios::binary);
  const Buffer bytes((std::istreambuf_iterator<char>(file)), {});
  const auto& params = ledger::bitcoin::mainnet();
  const ledger::bitcoin::BitcoinRules rules(params);
  const auto rule = [&](const ledger::BlockJob& job) { return ledger::bitcoin::check_block(params, job); };
  for (auto _ : state) {
    auto log = std::make_unique<ledger::MemoryLog>();
    check(log->append(bytes).has_value(), "the file");
    ledger::LogJudge judge(rules, std::move(log), params.magic, rule, {});
    ledger::Chain chain(rules, {});
    check(judge.restore(chain, from_seconds(1'700'000'000)).has_value(), "the blocks");
    check(chain.tip().height == 14'131, "the tip");
  }
  state.SetItemsProcessed(state.iterations() * 14'131);
}
BENCHMARK(sync_from_disk)->Unit(benchmark::kMillisecond);

}  // namespace
