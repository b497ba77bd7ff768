// The chain: where headers go, and how rulings move the tip.
#include "ledger/chain.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "ledger/u256.hpp"

namespace kith::ledger {
namespace {

/// Blocks whose times a median is of: Bitcoin's median time past.
constexpr u32 median_span = 11;
/// Hashes of a locator before its steps double.
constexpr std::size_t dense = 10;

struct Decoded {
  std::vector<Parsed> headers;
  /// What is wrong with the header behind them.
  std::optional<Error> error;
};

Decoded decode(const Rules& rules, std::span<const Buffer> raw) {
  Decoded out;
  for (const auto& bytes : raw) {
    auto header = rules.parse(bytes);
    if (!header)
      out.error = header.error();
    else if (!out.headers.empty() && header->parent != out.headers.back().id)
      out.error = Error{Fault::bad_header, "headers that do not follow each other"};
    if (out.error) break;
    out.headers.push_back(*header);
  }
  return out;
}

Parsed first_of(const Rules& rules, const std::optional<Anchor>& anchor) {
  if (anchor)
    return {.id = anchor->id, .parent = {}, .work = {}, .time = anchor->time, .bits = anchor->bits, .version = 0};
  const auto parsed = rules.parse(rules.genesis_header());
  check(parsed.has_value(), "a genesis header that its own rules refuse");
  return *parsed;
}

}  // namespace

Chain::Chain(const Rules& rules, ChainConfig config)
    : rules_(&rules),
      config_(config),
      tree_(config.secret, first_of(rules, config.anchor), config.anchor ? Buffer{} : rules.genesis_header(),
            config.anchor ? config.anchor->height : 0),
      forks_(tree_[0].id, rules.forks()),
      best_(tree_[0].height),
      tip_(tree_[0].height) {}

const Rules& Chain::rules() const { return *rules_; }
BlockRef Chain::genesis() const { return tree_.ref(0); }
BlockRef Chain::best() const { return tree_.ref(best_.tip()); }
BlockRef Chain::tip() const { return tree_.ref(tip_.tip()); }
std::size_t Chain::size() const { return tree_.size(); }

std::size_t Chain::presync_bytes() const {
  std::size_t out = 0;
  for (const auto& [source, presync] : presyncs_) out += presync.bytes();
  return out;
}

Result<Taken> Chain::take(u64 source, std::span<const Buffer> headers, Utc now) {
  if (headers.size() > max_headers) return fail(Fault::malformed, "headers in a batch");
  const bool full = headers.size() == max_headers;
  const auto [all, error] = decode(*rules_, headers);
  if (all.empty()) {
    if (error) return std::unexpected(*error);
    forget(source);
    return Taken{};
  }
  std::size_t known = 0;
  while (known < all.size() && tree_.find(all[known].id)) ++known;
  const Batch batch{std::span(all).subspan(known), headers.subspan(known, all.size() - known)};
  const auto parent = tree_.find(known == 0 ? all[0].parent : all[known - 1].id);
  if (error && !parent) return std::unexpected(*error);
  if (parent && tree_[*parent].state == BlockState::invalid) return fail(Fault::low_work, "on an invalid block");
  const auto presync = presyncs_.find(source);
  if (!error && !batch.empty() && presync != presyncs_.end() && presync->second.expects(batch.parsed[0].parent))
    return take_presync(source, batch, full, now);
  if (!parent) return fail(Fault::unconnected, "parent of the first header");

  Work total = tree_[*parent].work;
  for (const auto& header : batch.parsed) total = plus(total, header.work);
  if (!batch.empty() && total < config_.minimum_work) {
    if (error) return std::unexpected(*error);
    return take_light(source, *parent, batch, full, now);
  }

  Spot last = *parent;
  for (std::size_t i = 0; i < batch.parsed.size(); ++i) {
    const auto added = add(last, batch.parsed[i], batch.raw[i], now);
    if (!added) return std::unexpected(added.error());
    last = *added;
  }
  if (error) return std::unexpected(*error);
  if (!batch.empty()) forget(source);
  return taken(last, batch.parsed.size(), full);
}

/// Begins to have the work of a chain proved that is too light as far as this batch goes.
Result<Taken> Chain::take_light(u64 source, Spot parent, const Batch& batch, bool full, Utc now) {
  if (!full) return fail(Fault::low_work, "a chain with too little work");
  presyncs_.erase(source);
  if (presyncs_.size() == max_presyncs) {
    const auto lightest = std::min_element(presyncs_.begin(), presyncs_.end(), [](const auto& a, const auto& b) {
      return a.second.work() < b.second.work();
    });
    presyncs_.erase(lightest);
  }
  presyncs_.try_emplace(source, tree_.parsed(parent), tree_.ref(parent), config_.minimum_work,
                        median_time(tree_[parent].id), to_seconds(now), config_.secret);
  return take_presync(source, batch, full, now);
}

Result<Taken> Chain::take_presync(u64 source, const Batch& batch, bool full, Utc now) {
  auto& presync = presyncs_.at(source);
  const bool second_pass = presync.second_pass();
  const auto proved = presync.take(*rules_, batch);
  if (!proved) {
    forget(source);
    return std::unexpected(proved.error());
  }
  Taken out;
  for (const auto& [header, raw] : *proved) {
    const auto kept = add_known(header, raw, now);
    if (!kept) {
      forget(source);
      return std::unexpected(kept.error());
    }
    out.last = tree_.ref(*kept);
    ++out.added;
  }
  if (presync.finished()) {
    forget(source);
    return taken(*tree_.find(out.last->id), out.added, full);
  }
  // A first pass that is over says so by standing at its start again, whether or not the source has more.
  if (!full && presync.second_pass() == second_pass) {
    forget(source);
    return fail(Fault::low_work, "a chain with too little work");
  }
  out.more = true;
  out.locator = locator_from(*tree_.find(presync.start()));
  if (presync.last() != presync.start()) out.locator.insert(out.locator.begin(), presync.last());
  return out;
}

/// Adds a header that may have come from elsewhere in the meantime.
Result<Spot> Chain::add_known(const Parsed& header, Bytes raw, Utc now) {
  if (const auto spot = tree_.find(header.id)) return *spot;
  const auto parent = tree_.find(header.parent);
  check(parent.has_value(), "a proved header without its parent");
  return add(*parent, header, raw, now);
}

Result<BlockRef> Chain::keep(Bytes header, Utc now) {
  const auto parsed = rules_->parse(header);
  if (!parsed) return std::unexpected(parsed.error());
  if (const auto spot = tree_.find(parsed->id)) return tree_.ref(*spot);
  const auto parent = tree_.find(parsed->parent);
  if (!parent) return fail(Fault::unconnected, "parent of the header");
  const auto spot = add(*parent, *parsed, header, now);
  if (!spot) return std::unexpected(spot.error());
  return tree_.ref(*spot);
}

Result<Spot> Chain::add(Spot parent, const Parsed& header, Bytes raw, Utc now) {
  if (tree_[parent].state == BlockState::invalid) return fail(Fault::low_work, "on an invalid block");
  if (tree_.size() >= max_tree) return fail(Fault::storage, "headers in the tree");
  if (const auto good = rules_->check(*this, tree_.ref(parent), header, now); !good)
    return std::unexpected(good.error());
  const Spot spot = tree_.add(parent, header, raw);
  if (tree_[spot].work > tree_[best_.tip()].work) move_best(spot);
  return spot;
}

Taken Chain::taken(Spot last, std::size_t added, bool full) const {
  Taken out{.last = tree_.ref(last), .added = added, .more = full, .locator = {}};
  if (full) out.locator = locator_from(last);
  return out;
}

void Chain::forget(u64 source) { presyncs_.erase(source); }

std::vector<Hash> Chain::locator() const { return locator_from(tip_.tip()); }
std::vector<Hash> Chain::locator_of_best() const { return locator_from(best_.tip()); }

std::vector<Hash> Chain::locator_from(Spot spot) const {
  std::vector<Hash> out;
  u32 step = 1;
  while (true) {
    out.push_back(tree_[spot].id);
    const u32 height = tree_[spot].height;
    if (spot == 0) return out;
    if (out.size() >= dense) step *= 2;
    spot = tree_.ancestor(spot, height - std::min(step, height - tree_[0].height));
  }
}

std::vector<Buffer> Chain::after(std::span<const Hash> locator, std::size_t most) const {
  u32 height = tip_.base();
  for (const auto& id : locator.first(std::min(locator.size(), max_locator))) {
    const auto spot = tree_.find(id);
    if (!spot || !tip_.contains(tree_, *spot)) continue;
    height = tree_[*spot].height;
    break;
  }
  std::vector<Buffer> out;
  while (out.size() < most && height < tip_.height()) out.push_back(to_buffer(tree_.raw(tip_.at(++height))));
  return out;
}

BlockState Chain::state(const Hash& id) const {
  const auto spot = tree_.find(id);
  return spot ? tree_[*spot].state : BlockState::unknown;
}

std::optional<BlockRef> Chain::find(const Hash& id) const {
  const auto spot = tree_.find(id);
  if (!spot) return std::nullopt;
  return tree_.ref(*spot);
}

std::optional<Buffer> Chain::header(const Hash& id) const {
  const auto spot = tree_.find(id);
  if (!spot || tree_.raw(*spot).empty()) return std::nullopt;
  return to_buffer(tree_.raw(*spot));
}

std::optional<Parsed> Chain::parsed(const Hash& id) const {
  const auto spot = tree_.find(id);
  if (!spot) return std::nullopt;
  return tree_.parsed(*spot);
}

std::optional<BlockRef> Chain::ancestor(const Hash& id, u32 height) const {
  const auto spot = tree_.find(id);
  if (!spot || height > tree_[*spot].height || height < tree_[0].height) return std::nullopt;
  return tree_.ref(tree_.ancestor(*spot, height));
}

std::optional<BlockRef> Chain::at(u32 height) const {
  if (!best_.has(height)) return std::nullopt;
  return tree_.ref(best_.at(height));
}

std::optional<BlockRef> Chain::accepted_at(u32 height) const {
  if (!tip_.has(height)) return std::nullopt;
  return tree_.ref(tip_.at(height));
}

i64 Chain::median_time(const Hash& id) const {
  const auto spot = tree_.find(id);
  check(spot.has_value(), "the median time of an unknown block");
  std::array<i64, median_span> times{};
  std::size_t count = 0;
  for (Spot at = *spot; count < times.size(); at = tree_[at].parent) {
    times[count++] = tree_[at].time;
    if (at == 0) break;
  }
  std::sort(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(count));
  return times[count / 2];
}

std::vector<BlockRef> Chain::missing(std::size_t most, u32 window) const {
  std::vector<BlockRef> out;
  auto block = next_missing(0);
  while (block && out.size() < most) {
    if (!out.empty() && block->height - out.front().height > window) break;
    out.push_back(*block);
    block = next_missing(block->height + 1);
  }
  return out;
}

std::optional<BlockRef> Chain::next_missing(u32 from) const {
  const u32 common = tree_[best_.fork(tree_, tip_.tip())].height;
  const auto height = gaps_.next(std::max(from, common + 1));
  if (!height) return std::nullopt;
  return tree_.ref(best_.at(*height));
}

void Chain::set_state(Spot spot, BlockState state) {
  tree_[spot].state = state;
  if (best_.contains(tree_, spot)) gaps_.set(tree_[spot].height, state == BlockState::header);
}

void Chain::move_best(Spot to) {
  const u32 common = tree_[best_.fork(tree_, to)].height;
  best_.move(tree_, to);
  gaps_.cut(common + 1);
  for (u32 height = common + 1; height <= best_.height(); ++height)
    gaps_.set(height, tree_[best_.at(height)].state == BlockState::header);
}

void Chain::judging(const Hash& id) {
  const auto spot = tree_.find(id);
  if (spot && tree_[*spot].state == BlockState::header) set_state(*spot, BlockState::judging);
}

void Chain::undecided(const Hash& id) {
  const auto spot = tree_.find(id);
  if (spot && tree_[*spot].state == BlockState::judging) set_state(*spot, BlockState::header);
}

std::vector<Step> Chain::ruled(const Hash& id, Verdict verdict) {
  const auto spot = tree_.find(id);
  if (!spot || *spot == 0 || tree_[*spot].state == BlockState::invalid) return {};
  if (verdict == Verdict::reject) return spoil(*spot);
  if (verdict == Verdict::accept) return connect(*spot);
  undecided(id);
  return {};
}

std::vector<Step> Chain::connect(Spot spot) {
  if (tree_[spot].state == BlockState::accepted) return {};
  set_state(spot, BlockState::accepted);
  if (!tree_[tree_[spot].parent].connected) {
    waiting_.emplace(tree_[spot].parent, spot);
    return {};
  }
  std::vector<Spot> ready{spot};
  Spot winner = tip_.tip();
  for (std::size_t i = 0; i < ready.size(); ++i) {
    auto& node = tree_[ready[i]];
    node.connected = true;
    if (node.work > tree_[winner].work) winner = ready[i];
    const auto [first, last] = waiting_.equal_range(ready[i]);
    for (auto at = first; at != last; ++at) ready.push_back(at->second);
    waiting_.erase(first, last);
  }
  return move_tip(winner);
}

std::vector<Step> Chain::spoil(Spot spot) {
  tree_[spot].state = BlockState::invalid;
  Spot best = 0;
  Spot tip = 0;
  // Children stand behind their parents, so one pass finds all descendants.
  for (Spot at = 1; at < tree_.size(); ++at) {
    auto& node = tree_[at];
    if (tree_[node.parent].state == BlockState::invalid) node.state = BlockState::invalid;
    if (node.state == BlockState::invalid) {
      node.connected = false;
      continue;
    }
    if (node.work > tree_[best].work) best = at;
    if (node.connected && node.work > tree_[tip].work) tip = at;
  }
  std::erase_if(waiting_, [&](const auto& entry) { return tree_[entry.second].state == BlockState::invalid; });
  move_best(best);
  return move_tip(tree_[tip_.tip()].connected ? tip_.tip() : tip);
}

std::vector<Step> Chain::move_tip(Spot to) {
  std::vector<Step> steps;
  const u32 common = tree_[tip_.fork(tree_, to)].height;
  for (u32 height = tip_.height(); height > common; --height)
    steps.push_back({Step::Way::disconnected, tree_.ref(tip_.at(height))});
  tip_.move(tree_, to);
  for (u32 height = common + 1; height <= tip_.height(); ++height)
    steps.push_back({Step::Way::connected, tree_.ref(tip_.at(height))});
  // Whoever announced an equal header first, but held its block back, gains nothing.
  if (tree_[to].work == tree_[best_.tip()].work) move_best(to);
  return steps;
}

}  // namespace kith::ledger
