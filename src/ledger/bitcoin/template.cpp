// Choosing by ancestor fee rate.
#include "ledger/bitcoin/template.hpp"

#include <algorithm>
#include <queue>

#include "base/check.hpp"
#include "ledger/bitcoin/sigops.hpp"

namespace kith::ledger::bitcoin {
namespace {

/// Packages in a row that do not fit, when the block is full but for `nearly_full`, behind which no more are tried.
constexpr int max_misses = 1000;
constexpr u64 nearly_full = 4'000;
constexpr u32 sigop_scale = 4;

/// A transaction with those of its ancestors that are not in the block yet.
struct Package {
  FeeRate rate;
  u64 number = 0;
  Hash id{};
  /// How many ancestors were counted: with fewer left, this is out of date.
  u64 count = 0;
  bool operator<(const Package& other) const {
    if (const auto by_rate = rate <=> other.rate; by_rate != 0) return by_rate < 0;
    return number > other.number;
  }
};

class Selection {
 public:
  Selection(const Mempool& pool, u64 weight, u64 sigops) : pool_(&pool), weight_(weight), sigops_(sigops) {
    std::vector<Package> all;
    all.reserve(pool.size());
    for (const auto& [id, entry] : pool.entries()) all.push_back(package(id, entry.ancestors));
    packages_ = std::priority_queue<Package>({}, std::move(all));
  }

  /// In the order of the block.
  std::vector<const Mempool::Entry*> run() {
    for (int misses = 0; !packages_.empty();) {
      const Package next = packages_.top();
      packages_.pop();
      if (taken_.contains(next.id)) continue;
      const Totals left = left_of(next.id);
      if (left.count != next.count) continue;
      if (left.weight > weight_ || left.sigops > sigops_) {
        if (++misses > max_misses && weight_ < nearly_full) break;
        continue;
      }
      misses = 0;
      take(next.id, left);
    }
    return std::move(chosen_);
  }

 private:
  Package package(const Hash& id, const Totals& left) const {
    return {left.rate(), pool_->find(id)->number, id, left.count};
  }

  Totals left_of(const Hash& id) const {
    Totals out = pool_->find(id)->ancestors;
    if (taken_.empty()) return out;
    for (const auto& above : pool_->ancestors(id)) {
      if (!taken_.contains(above)) continue;
      const auto& own = pool_->find(above)->own;
      out = {out.count - 1, out.size - own.size, out.fee - own.fee, out.sigops - own.sigops, out.weight - own.weight};
    }
    return out;
  }

  void take(const Hash& id, const Totals& left) {
    weight_ -= left.weight;
    sigops_ -= left.sigops;
    auto ids = pool_->ancestors(id);
    ids.insert(id);
    std::vector<const Mempool::Entry*> entries;
    for (const auto& each : ids)
      if (taken_.insert(each).second) entries.push_back(pool_->find(each));
    std::ranges::sort(entries, {}, &Mempool::Entry::number);
    std::set<Hash> changed;
    for (const auto* entry : entries) changed.merge(pool_->descendants(entry->tx.id));
    chosen_.insert(chosen_.end(), entries.begin(), entries.end());
    for (const auto& below : changed)
      if (!taken_.contains(below)) packages_.push(package(below, left_of(below)));
  }

  const Mempool* pool_;
  /// What is still free.
  u64 weight_;
  u64 sigops_;
  std::priority_queue<Package> packages_;
  std::set<Hash> taken_;
  std::vector<const Mempool::Entry*> chosen_;
};

}  // namespace

Draft make_template(const Mempool& pool, const TemplateFacts& facts) {
  check(facts.script.size() <= max_pay_script, "a script larger than what is reserved");
  const bool commits = facts.height >= facts.params->segwit_height;
  Draft out{.header = {.version = quiet_version,
                       .parent = facts.parent,
                       .time = static_cast<u32>(std::max(facts.time, facts.median_time + 1)),
                       .bits = facts.bits},
            .height = facts.height,
            .value = subsidy(*facts.params, facts.height),
            .script = facts.script,
            .commits = commits,
            .txs = {}};
  // The height and the tag in the coinbase's own script are no operations: a push, and at most eight that are.
  const u64 coinbase_sigops = sigop_scale * (u64{count_sigops(facts.script, false)} + 8 * 20);
  Selection selection(pool, max_weight - reserved_weight, max_block_sigops - coinbase_sigops);
  for (const auto* entry : selection.run()) {
    out.value += entry->own.fee;
    out.txs.push_back(entry->body);
  }
  return out;
}

}  // namespace kith::ledger::bitcoin
