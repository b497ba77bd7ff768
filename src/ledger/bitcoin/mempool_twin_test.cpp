// The pool in lockstep with a naive twin: lists that are searched, nothing kept that can be computed.
#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "ledger/bitcoin/mempool_for_test.hpp"
#include "ledger/bitcoin/spending_for_test.hpp"

namespace kith::ledger::bitcoin {
namespace {

using Kind = Refusal::Kind;

struct NaiveTx {
  Body body;
  Tx tx;
  Time since{};
  u64 fee = 0;
  u64 size() const { return (tx.weight() + 3) / 4; }
  bool spends(const NaiveTx& other) const {
    return std::ranges::any_of(tx.inputs, [&](Bytes input) { return equal(input.first(32), other.tx.id); });
  }
};

/// Nothing if it gets in.
using Answer = std::optional<Kind>;

struct Twin {
  u64 limit;
  FeeFloor floor;
  /// In the order of arrival.
  std::vector<NaiveTx> txs{};
  std::vector<Body> returning{};
  bool reorganised = false;

  std::vector<std::size_t> related(std::size_t from, bool up) const {
    std::vector<std::size_t> out{from};
    for (std::size_t next = 0; next < out.size(); ++next)
      for (std::size_t i = 0; i < txs.size(); ++i)
        if ((up ? txs[out[next]].spends(txs[i]) : txs[i].spends(txs[out[next]])) &&
            std::ranges::find(out, i) == out.end())
          out.push_back(i);
    return out;
  }
  std::pair<u64, u64> fee_and_size(const std::vector<std::size_t>& which) const {
    std::pair<u64, u64> out{0, 0};
    for (const auto i : which) out = {out.first + txs[i].fee, out.second + txs[i].size()};
    return out;
  }
  std::size_t bytes() const {
    std::size_t out = 0;
    for (const auto& each : txs) {
      std::size_t parents = 0;
      for (const auto& other : txs) parents += each.spends(other) ? 1u : 0u;
      out += pool_cost(each.tx, parents);
    }
    return out;
  }

  /// Puts it at the end if the rules allow; looks at fee rates only where a floor is given.
  Answer take(const Unspent& view, NaiveTx tx) {
    for (const auto& each : txs)
      if (each.tx.id == tx.tx.id) return Kind::known;
    for (const Bytes input : tx.tx.inputs)
      for (const auto& each : txs)
        for (const Bytes other : each.tx.inputs)
          if (equal(input, other)) return Kind::not_now;
    u64 worth = 0;
    bool missing = false;
    bool young = false;
    for (const Bytes input : tx.tx.inputs) {
      const auto at = take_array<36>(input);
      const auto parent = std::ranges::find_if(txs, [&](const NaiveTx& each) { return each.tx.id == tx_of(at); });
      const auto coin = view.find(at);
      if (parent != txs.end() && output_of(at) >= parent->tx.values.size()) return Kind::never;
      if (parent == txs.end() && !coin) missing = true;
      if (missing) continue;
      worth += parent != txs.end() ? parent->tx.values[output_of(at)] : coin->value;
      young = young || (parent == txs.end() && coin->coinbase && view.height() + 1 - coin->height < 100);
    }
    if (missing)
      return view.find(outpoint(tx.tx.id, 0)) || view.find(outpoint(tx.tx.id, 1)) ? Kind::known : Kind::orphan;
    if (young) return Kind::not_now;
    for (const u64 value : tx.tx.values) {
      if (value > worth) return Kind::never;
      worth -= value;
    }
    tx.fee = worth;
    txs.push_back(std::move(tx));
    for (const auto i : related(txs.size() - 1, true))
      if (const auto down = related(i, false); down.size() > 25 || fee_and_size(down).second > 101'000) {
        txs.pop_back();
        return Kind::not_now;
      }
    if (const auto up = related(txs.size() - 1, true); up.size() > 25 || fee_and_size(up).second > 101'000) {
      txs.pop_back();
      return Kind::not_now;
    }
    return std::nullopt;
  }

  void drop(std::vector<std::size_t> which, std::vector<Hash>& gone) {
    const Hash first = txs[which[0]].tx.id;
    std::set<Hash> rest;
    for (const auto i : which) rest.insert(txs[i].tx.id);
    std::erase_if(txs, [&](const NaiveTx& each) { return rest.contains(each.tx.id); });
    rest.erase(first);
    gone.push_back(first);
    gone.insert(gone.end(), rest.begin(), rest.end());
  }

  /// Lets the worst go: the least by its own fee rate or with all that descend from it, the latest of those alike.
  std::vector<Hash> trim(Time now) {
    std::vector<Hash> gone;
    while (bytes() > limit) {
      std::size_t worst = 0;
      std::pair<u64, u64> least{1, 0};
      for (std::size_t i = 0; i < txs.size(); ++i) {
        std::pair<u64, u64> worth{txs[i].fee, txs[i].size()};
        const auto with = fee_and_size(related(i, false));
        if (with.first * worth.second > worth.first * with.second) worth = with;
        if (worth.first * least.second <= least.first * worth.second) {
          worst = i;
          least = worth;
        }
      }
      const auto package = related(worst, false);
      const auto [fee, size] = fee_and_size(package);
      floor.evicted(fee * 1000 / std::max(size, u64{1}), now);
      drop(package, gone);
    }
    floor.fill(bytes(), limit, now);
    return gone;
  }

  std::vector<Hash> expire(Time now) {
    std::vector<Hash> gone;
    for (;;) {
      std::optional<std::size_t> oldest;
      for (std::size_t i = 0; i < txs.size(); ++i)
        if (now - txs[i].since > std::chrono::hours{336} &&
            (!oldest || std::pair(txs[i].since, txs[i].tx.id) < std::pair(txs[*oldest].since, txs[*oldest].tx.id)))
          oldest = i;
      if (!oldest) break;
      drop(related(*oldest, false), gone);
    }
    floor.fill(bytes(), limit, now);
    return gone;
  }

  std::pair<Answer, std::vector<Hash>> add(const Unspent& view, const std::vector<Body>& bodies, Time now) {
    auto before = txs;
    u64 fee = 0;
    u64 size = 0;
    for (const auto& body : bodies) {
      if (const auto answer = take(view, {body, parsed(body.bytes()), now})) {
        // What was looked at first is first: two of one package that conflict do so before anything else.
        txs = std::move(before);
        return {answer, {}};
      }
      fee += txs.back().fee;
      size += txs.back().size();
    }
    if (fee * 1000 < floor.at(now) * size) {
      txs = std::move(before);
      return {Kind::low_fee, {}};
    }
    auto gone = trim(now);
    bool stayed = true;
    const auto at = [&](const Body& body) {
      return std::ranges::find_if(txs, [&](const NaiveTx& each) { return equal(each.body.bytes(), body.bytes()); });
    };
    for (const auto& body : bodies) stayed = stayed && at(body) != txs.end();
    if (stayed) return {std::nullopt, gone};
    for (const auto& body : bodies)
      if (at(body) != txs.end()) drop(related(static_cast<std::size_t>(at(body) - txs.begin()), false), gone);
    floor.fill(bytes(), limit, now);
    return {Kind::low_fee, {}};
  }

  void connected(const Block& block, Time now) {
    std::vector<Hash> gone;
    for (const auto& tx : block.txs) std::erase_if(txs, [&](const NaiveTx& each) { return each.tx.id == tx.id; });
    for (const auto& tx : block.txs)
      for (const Bytes input : tx.inputs)
        for (std::size_t i = 0; i < txs.size(); ++i)
          if (std::ranges::any_of(txs[i].tx.inputs, [&](Bytes other) { return equal(input, other); })) {
            drop(related(i, false), gone);
            break;
          }
    floor.block(now);
    floor.fill(bytes(), limit, now);
  }

  void disconnected(const Block& block) {
    reorganised = true;
    std::vector<Body> all;
    for (std::size_t i = 1; i < block.txs.size(); ++i) all.emplace_back(to_buffer(block.txs[i].bytes));
    all.insert(all.end(), returning.begin(), returning.end());
    returning = std::move(all);
  }

  std::vector<Hash> settle(const Unspent& view, Time now) {
    if (!reorganised) return {};
    reorganised = false;
    const auto old = std::exchange(txs, {});
    for (const auto& body : std::exchange(returning, {})) take(view, {body, parsed(body.bytes()), now});
    for (const auto& each : old) take(view, each);
    return trim(now);
  }
};

struct Pair {
  Rng rng;
  u64 limit;
  LooseChain chain{};
  Mempool pool{{.bytes = limit, .min_rate = 1000}};
  Twin twin{limit, FeeFloor(1000)};
  Time now{};
  /// Outputs that were there once, mostly still unspent.
  std::vector<std::pair<Outpoint, u64>> outputs{};
  std::vector<Body> offered{};
  std::map<int, std::size_t> answers{};
  std::size_t evicted = 0;

  void grow(u64 count) {
    for (u64 i = 0; i < count; ++i) extend({});
  }
  void extend(const std::vector<Buffer>& txs) {
    const auto block = chain.extend(txs, rng(), 1'000'000);
    if (!block) return;
    // Mostly what is old enough to be spent.
    const u32 height = chain.view.height();
    if (rng.one_in(10)) outputs.emplace_back(chain.coinbase_at(height), 1'000'000);
    if (height > 100) outputs.emplace_back(chain.coinbase_at(height - 100), 1'000'000);
    pool.block_connected(*block, now);
    twin.connected(*block, now);
  }

  Buffer some_tx() {
    Spending tx{.values = {}};
    u64 worth = 0;
    for (u64 i = 1 + rng.below(2); i > 0; --i) {
      // Mostly what came last, so that long chains come about.
      const u64 back = rng.one_in(3) ? rng.below(outputs.size()) : rng.below(std::min<u64>(outputs.size(), 12));
      const auto& [at, value] = outputs[outputs.size() - 1 - back];
      if (std::ranges::find(tx.inputs, at) != tx.inputs.end()) continue;
      tx.inputs.push_back(at);
      worth += value;
    }
    if (rng.one_in(40)) tx.inputs.push_back(outpoint(Hash{7}, 0));
    if (rng.one_in(40)) tx.inputs.back() = outpoint(tx_of(tx.inputs.back()), 9);
    if (rng.one_in(8)) tx.script.resize(6 + rng.below(rng.one_in(4) ? 9000 : 300), 0x61);
    const u64 size = 12 + 41 * tx.inputs.size() + 2 * (12 + tx.script.size());
    const u64 fee = rng.one_in(12) ? rng.below(200) : size * (1 + rng.below(20));
    if (worth < fee || rng.one_in(60)) worth += 5000;
    const u64 left = worth - std::min(worth, fee);
    tx.values = {left / 2, left - left / 2};
    tx.lock_time = static_cast<u32>(rng());
    return tx.encoded();
  }
  void remember(const Body& body) {
    const auto tx = parsed(body.bytes());
    for (u32 i = 0; i < tx.values.size(); ++i) outputs.emplace_back(outpoint(tx.id, i), tx.values[i]);
    offered.push_back(body);
  }

  void offer(const std::vector<Body>& bodies) {
    const auto gone = pool.expire(now);
    ASSERT_EQ(gone, twin.expire(now));
    auto candidate = bodies.size() == 1 ? pool.prepare(chain.view, bodies[0], now)
                                        : pool.prepare(chain.view, bodies[0], bodies[1], now);
    const auto [answer, out] = twin.add(chain.view, bodies, now);
    ++answers[answer ? static_cast<int>(*answer) : -1];
    if (!answer || rng.one_in(12))
      for (const auto& body : bodies) remember(body);
    if (!candidate) {
      ASSERT_TRUE(answer) << candidate.error().error.what;
      ASSERT_EQ(*answer, candidate.error().kind) << candidate.error().error.what;
      return;
    }
    const auto added = pool.add(chain.view, *candidate, now);
    ASSERT_EQ(added.has_value(), !answer) << (added ? "" : added.error().error.what);
    if (!added) return;
    ASSERT_EQ(*added, out);
    evicted += out.size();
  }

  void offer_package() {
    auto parent = some_tx();
    const auto tx = parsed(parent);
    const Spending child{.inputs = {outpoint(tx.id, 0)},
                         .values = {tx.values[0] - std::min(tx.values[0], rng.below(3000))}};
    offer({Body(parent), child.body()});
  }

  /// Some of the pool with their ancestors, and now and then what conflicts with the rest.
  std::vector<Buffer> some_of_pool() {
    std::vector<const Mempool::Entry*> chosen;
    std::set<Hash> ids;
    for (const auto& [id, entry] : pool.entries()) {
      if (!rng.one_in(4)) continue;
      ids.insert(id);
      ids.merge(pool.ancestors(id));
    }
    chosen.reserve(ids.size());
    for (const auto& id : ids) chosen.push_back(pool.find(id));
    std::ranges::sort(chosen, {}, &Mempool::Entry::number);
    std::vector<Buffer> out;
    out.reserve(chosen.size() + 1);
    for (const auto* entry : chosen) out.push_back(to_buffer(entry->body.bytes()));
    if (rng.one_in(3)) out.push_back(some_tx());
    return out;
  }

  void reorganise() {
    const u64 depth = 1 + rng.below(4);
    for (u64 i = 0; i < depth; ++i) {
      const auto body = chain.pop();
      pool.block_disconnected(*read_block(body));
      twin.disconnected(*read_block(body));
    }
    for (u64 i = 0; i < depth + rng.below(2); ++i) extend({});
    ASSERT_EQ(pool.settle(chain.view, now), twin.settle(chain.view, now));
  }

  void step() {
    now += std::chrono::seconds(rng.below(rng.one_in(50) ? 200'000 : 600));
    const u64 dice = rng.below(100);
    if (dice < 5 && !offered.empty()) return offer({offered[rng.below(offered.size())]});
    if (dice < 80) return offer({Body(some_tx())});
    if (dice < 90) return offer_package();
    if (dice < 97) return extend(some_of_pool());
    reorganise();
  }

  void compare() const {
    std::vector<Hash> ids;
    ids.reserve(twin.txs.size());
    for (const auto& each : twin.txs) ids.push_back(each.tx.id);
    std::ranges::sort(ids);
    ASSERT_EQ(pool.size(), ids.size());
    ASSERT_TRUE(std::ranges::equal(ids, pool.entries(), {}, {}, [](const auto& each) { return each.first; }));
    ASSERT_EQ(pool.floor(now), twin.floor.at(now));
  }
};

TEST(Mempool, is_what_its_naive_twin_is_through_thousands_of_operations) {
  std::map<int, std::size_t> answers;
  std::size_t evicted = 0;
  for (u64 seed = 0; seed < 6; ++seed) {
    Pair pair{.rng = Rng::seeded(seed), .limit = seed % 2 == 0 ? 60'000u : 1'000'000u};
    pair.grow(130);
    for (int i = 0; i < 400; ++i) {
      ASSERT_NO_FATAL_FAILURE(pair.step()) << seed << " " << i;
      ASSERT_NO_FATAL_FAILURE(pair.compare()) << seed << " " << i;
      audit(pair.pool, pair.chain.view, pair.limit);
    }
    for (const auto& [answer, count] : pair.answers) answers[answer] += count;
    evicted += pair.evicted;
  }
  // Every kind of answer was given.
  for (const int answer : {-1, 0, 1, 2, 3, 4}) EXPECT_GT(answers[answer], 5u) << answer;
  EXPECT_GT(evicted, 50u);
}

}  // namespace
}  // namespace kith::ledger::bitcoin
