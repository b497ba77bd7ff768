// The pool under a program of operations: whatever is offered and whatever the chain does, what always holds of a pool
// holds, and the blocks made of it are good.
#include "ledger/bitcoin/mempool.hpp"

#include "ledger/bitcoin/mempool_for_test.hpp"
#include "ledger/bitcoin/orphans.hpp"
#include "ledger/bitcoin/spending_for_test.hpp"
#include "ledger/bitcoin/template.hpp"
#include "target.hpp"

namespace kith {
namespace {

using namespace ledger::bitcoin;

constexpr u64 limit = 30'000;
constexpr std::size_t max_steps = 64;

const LooseChain& start() {
  static const LooseChain chain = [] {
    LooseChain out;
    for (u64 i = 0; i < 110; ++i) check(out.extend({}, i, 1'000'000).has_value(), "a block");
    return out;
  }();
  return chain;
}

struct Machine {
  Reader in;
  LooseChain chain = start();
  Mempool pool{{.bytes = limit, .min_rate = 1000}};
  Orphans orphans{};
  Time now{};
  std::vector<std::pair<Outpoint, u64>> outputs{};

  explicit Machine(Bytes program) : in(program) {
    for (u32 height = 1; height <= 14; ++height) outputs.emplace_back(chain.coinbase_at(height), 1'000'000);
  }

  Buffer next_tx() {
    Spending tx{.values = {}};
    u64 worth = 0;
    for (int i = in.byte() % 3; i >= 0; --i) {
      const auto& [at, value] = outputs[in.byte() % outputs.size()];
      tx.inputs.push_back(at);
      worth += value;
    }
    const u8 kind = in.byte();
    if ((kind & 7) == 7) tx.inputs.back()[0] ^= 1;
    if ((kind & 8) != 0) tx.sequence = in.byte();
    if ((kind & 16) != 0) tx.script.resize(6 + std::size_t{40} * in.byte(), 0xac);
    if ((kind & 32) != 0) tx.witness = {in.byte()};
    tx.lock_time = in.byte();
    const u64 fee = u64{in.byte()} * 100;
    const std::size_t count = 1 + std::size_t{kind} / 64;
    tx.values = std::vector<u64>(count, (worth - std::min(worth, fee)) / count);
    auto bytes = tx.encoded();
    const Hash id = id_of_tx(bytes);
    for (u32 i = 0; i < tx.values.size() && outputs.size() < 200; ++i)
      outputs.emplace_back(outpoint(id, i), tx.values[i]);
    return bytes;
  }

  void take(std::expected<Candidate, Refusal> candidate) {
    const auto before = pool.size();
    if (!candidate) return;
    const auto added = pool.add(chain.view, *candidate, now);
    if (added) check(pool.size() + added->size() >= before + candidate->txs.size(), "what is added is there");
  }
  void offer(Buffer bytes) {
    const Body body(std::move(bytes));
    auto candidate = pool.prepare(chain.view, body, now);
    if (!candidate && candidate.error().kind == Refusal::Kind::orphan)
      orphans.add(Peer{in.byte() % 4u}, body, candidate.error().missing);
    if (!candidate && candidate.error().kind == Refusal::Kind::low_fee)
      for (const auto* child : orphans.children_of(id_of_tx(body.bytes())))
        if (auto both = pool.prepare(chain.view, body, child->body, now)) return take(std::move(both));
    take(std::move(candidate));
  }
  void damaged() {
    auto bytes = next_tx();
    bytes[in.byte() % bytes.size()] ^= in.byte();
    offer(std::move(bytes));
  }
  void package() {
    const Body parent(next_tx());
    take(pool.prepare(chain.view, parent, Body(next_tx()), now));
  }

  void connected(const Block& block) {
    pool.block_connected(block, now);
    orphans.block_connected(block);
  }
  void mine() {
    const auto draft = make_template(pool, {.params = &regtest(),
                                            .parent = chain.view.tip(),
                                            .height = chain.view.height() + 1,
                                            .median_time = chain.view.median_time(chain.view.height()),
                                            .time = 0,
                                            .bits = regtest().limit_bits,
                                            .script = anyones});
    auto body = Miner(regtest(), draft).mine(1000);
    check(body.has_value(), "an easy target");
    ledger::BlockJob job;
    job.ref.id = id_of_block(*body);
    job.ref.height = chain.view.height() + 1;
    job.median_time = chain.view.median_time(chain.view.height());
    job.body = Body(*body);
    check(check_block(regtest(), job).has_value(), "a template is a good block");
    const auto block = *read_block(*body);
    auto undo = chain.view.connect(block);
    check(undo.has_value(), "a template spends what is there");
    chain.bodies.push_back(std::move(*body));
    chain.undos.push_back(std::move(*undo));
    connected(*read_block(chain.bodies.back()));
  }
  void reorganise() {
    const int depth = 1 + in.byte() % 3;
    for (int i = 0; i < depth; ++i) {
      const auto body = chain.pop();
      pool.block_disconnected(*read_block(body));
    }
    for (int i = 0; i < depth; ++i) {
      std::vector<Buffer> txs;
      if (in.byte() % 2 == 0) txs.push_back(next_tx());
      const u8 salt = in.byte();
      auto block = chain.extend(txs, salt);
      if (!block) block = chain.extend({}, salt);
      connected(*block);
    }
    pool.settle(chain.view, now);
  }

  void run() {
    for (std::size_t step = 0; step < max_steps && in.left() > 0; ++step) {
      switch (in.byte() % 8) {
        case 0: mine(); break;
        case 1: reorganise(); break;
        case 2: package(); break;
        case 3: damaged(); break;
        case 4:
          now += std::chrono::hours{in.byte()};
          pool.expire(now);
          break;
        default: offer(next_tx());
      }
      audit(pool, chain.view, limit);
      check(orphans.size() <= max_orphans, "orphans are bounded");
    }
    // All the way back, nothing is left of any of it.
    while (chain.view.height() > 0) chain.pop();
    check(chain.view.size() == 0, "genesis leaves nothing to be spent");
  }
};

}  // namespace
}  // namespace kith

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  kith::Machine(kith::Bytes{data, size}).run();
  return 0;
}
