// Locks are short: scripts run, and bodies are read, outside of them.
#include "app/shared_pool.hpp"

#include <utility>

#include "app/transactions.hpp"
#include "base/check.hpp"
#include "base/writer.hpp"
#include "crypto/sealed.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "ledger/bitcoin/template.hpp"
#include "shell/file.hpp"

namespace kith::app {
namespace {

namespace bitcoin = ledger::bitcoin;
using bitcoin::Refusal;

/// Blocks that are taken in one go.
constexpr std::size_t batch = 64;

Time now() { return Time{std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())}; }

Body body_of(Bytes bytes) { return Body(to_buffer(bytes)); }

}  // namespace

SharedPool::SharedPool(SharedPoolConfig config) : config_(std::move(config)) {}

SharedPool::~SharedPool() { stop(); }

/// The pool as the last run left it if that was at `tip`, or else at genesis. The files go: what they say is true only
/// until the chain moves.
bitcoin::ChainPool SharedPool::opened(const Hash& tip) const {
  bitcoin::ChainPool fresh(config_.pool);
  const auto file = config_.directory / coins_file;
  std::error_code error;
  if (config_.directory.empty() || !std::filesystem::exists(file, error)) return fresh;
  const auto bytes = shell::read_file(file, bitcoin::max_unspent_file);
  auto coins = bytes ? bitcoin::Unspent::restore(*bytes, tip) : fail(Fault::storage, "coins");
  auto past = kept_past();
  std::filesystem::remove(file, error);
  std::filesystem::remove(config_.directory / undo_file, error);
  return coins ? bitcoin::ChainPool(config_.pool, std::move(*coins), std::move(past)) : std::move(fresh);
}

/// As much as can be read.
std::vector<std::pair<Body, bitcoin::Undo>> SharedPool::kept_past() const {
  std::vector<std::pair<Body, bitcoin::Undo>> out;
  const auto bytes = shell::read_file(config_.directory / undo_file, max_undo_file);
  const auto content = bytes ? crypto::unseal(*bytes, max_undo_file) : Result<Bytes>(fail(Fault::storage, "undo"));
  if (!content) return out;
  Reader in(*content);
  while (in.left() > 0) {
    auto undo = bitcoin::parse_undo(in.take(in.u32le()));
    auto block = undo ? links_.read(undo->block) : std::nullopt;
    if (!in.ok() || !block) return {};
    out.emplace_back(std::move(*block), std::move(*undo));
  }
  return out;
}

void SharedPool::keep() const {
  if (config_.directory.empty() || closed_ || !pool_ || pool_->coins().height() == 0) return;
  Buffer undo;
  const auto undos = pool_->undos();
  for (std::size_t i = undos.size() - std::min(undos.size(), max_kept_undos); i < undos.size(); ++i) {
    const auto one = encode(undos[i]);
    Writer(undo).u32le(static_cast<u32>(one.size())).bytes(one);
  }
  crypto::seal(undo);
  if (!shell::write_atomically(config_.directory / undo_file, undo) ||
      !shell::write_atomically(config_.directory / coins_file, pool_->coins().save()))
    links_.say(config_.directory.string() + " cannot be written: the next start reads all blocks for their coins");
}

void SharedPool::start(const ledger::Chain& chain, PoolLinks links) {
  links_ = std::move(links);
  pool_ = std::make_unique<bitcoin::ChainPool>(opened(chain.tip().id));
  for (u32 height = 1; height <= chain.tip().height; ++height) line_.push_back(chain.accepted_at(height)->id);
  note_tip(chain);
  if (pool_->coins().tip() != chain.tip().id) rebuild();
  follower_ = std::jthread([this](const std::stop_token& stop) { follow(stop); });
}

void SharedPool::stop() {
  if (!follower_.joinable()) return;
  follower_.request_stop();
  follower_.join();
  keep();
}

/// Begins at genesis again, with all the chain's blocks to come.
void SharedPool::rebuild() {
  pool_ = std::make_unique<bitcoin::ChainPool>(config_.pool);
  steps_.clear();
  for (u32 i = 0; i < line_.size(); ++i)
    steps_.push_back({Step::Way::connected, {.id = line_[i], .height = i + 1, .work = {}}});
}

void SharedPool::note_tip(const ledger::Chain& chain) {
  const auto& rules = dynamic_cast<const bitcoin::BitcoinRules&>(chain.rules());
  const i64 date =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  next_bits_ = chain.parsed(chain.tip().id) ? rules.next_bits(chain, chain.tip(), date) : std::nullopt;
}

void SharedPool::hear(const core::Event& event, const ledger::Chain& chain) {
  if (const auto* moved = std::get_if<core::TipMoved>(&event)) {
    const std::lock_guard lock(mutex_);
    for (const auto& step : moved->steps) {
      const bool up = step.way == Step::Way::connected;
      up ? line_.push_back(step.block.id) : line_.pop_back();
      // What comes and goes before anybody looked need not be read.
      const bool undone = !up && !steps_.empty() && steps_.back().block.id == step.block.id;
      if (closed_) continue;
      undone ? steps_.pop_back() : steps_.push_back(step);
    }
    note_tip(chain);
    changed_.notify_all();
  } else if (const auto* needs = std::get_if<core::ItemNeeds>(&event)) {
    bool ready = false;
    {
      const std::lock_guard lock(mutex_);
      ready = pool_->wait(needs->from, needs->item.body, now());
    }
    if (ready) links_.offer(needs->item.body);
  } else if (const auto* down = std::get_if<core::PeerDown>(&event)) {
    const std::lock_guard lock(mutex_);
    pool_->forget(down->info.peer);
  }
}

void SharedPool::follow(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [&] { return !steps_.empty() && !closed_; })) {
    const std::vector<Step> steps(steps_.begin(),
                                  steps_.begin() + static_cast<std::ptrdiff_t>(std::min(batch, steps_.size())));
    std::vector<std::optional<Body>> bodies;
    bodies.reserve(steps.size());
    lock.unlock();
    for (const auto& step : steps)
      bodies.push_back(step.way == Step::Way::connected ? links_.read(step.block.id) : std::nullopt);
    lock.lock();
    if (!apply(steps, bodies)) {
      // A body that is not there belongs to a block that left the chain meanwhile: its steps are on their way.
      const auto seen = line_;
      changed_.wait(lock, stop, [&] { return line_ != seen; });
    }
    auto ready = pool_->settle(now());
    changed_.notify_all();
    lock.unlock();
    for (const auto& tx : ready) links_.offer(tx);
    lock.lock();
  }
}

/// Takes the first steps as long as they are still to be taken; false if one has no body.
bool SharedPool::apply(const std::vector<Step>& steps, const std::vector<std::optional<Body>>& bodies) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool up = steps[i].way == Step::Way::connected;
    if (steps_.empty() || steps_.front().block.id != steps[i].block.id || steps_.front().way != steps[i].way)
      return true;
    if (up && !bodies[i]) return false;
    const auto done = up ? pool_->connect(*bodies[i], now()) : pool_->disconnect(steps[i].block.id);
    if (done) {
      steps_.pop_front();
      continue;
    }
    if (up)
      close(done.error());
    else
      rebuild();
    return true;
  }
  return true;
}

/// The chain goes on without a pool.
void SharedPool::close(const Error& why) {
  closed_ = true;
  pool_ = std::make_unique<bitcoin::ChainPool>(config_.pool);
  links_.say(std::string("transactions are not judged any more: ") +
             (why.fault == Fault::oversize ? "the chain has more coins than there is memory for"
                                           : std::string("a block's coins are not as they must be: ") + why.what));
}

/// Nothing if the transaction is in the pool now.
std::optional<Refusal> SharedPool::admit(const Body& tx) {
  std::unique_lock lock(mutex_);
  if (closed_ || is_behind())
    return Refusal{Refusal::Kind::not_now, {Fault::refused, "the chain is not at its tip yet"}};
  auto candidate = pool_->prepare(tx, now());
  if (!candidate && candidate.error().kind == Refusal::Kind::known &&
      pool_->pool().find_witness(candidate.error().witness_id))
    return std::nullopt;
  if (!candidate) return candidate.error();
  lock.unlock();
  if (auto refusal = bitcoin::check_scripts(*candidate, config_.scripts)) return refusal;
  lock.lock();
  auto ready = pool_->add(*candidate, now());
  if (!ready) return ready.error();
  lock.unlock();
  for (const auto& each : *ready) links_.offer(each);
  return std::nullopt;
}

Verdict SharedPool::judge(Bytes tx) {
  if (const std::lock_guard lock(mutex_); is_behind()) return Verdict::later;
  const auto refusal = admit(body_of(tx));
  if (!refusal) return Verdict::accept;
  return refusal->kind == Refusal::Kind::never ? Verdict::reject : Verdict::ignore;
}

std::vector<Hash> SharedPool::needs(Bytes tx) {
  const std::lock_guard lock(mutex_);
  if (closed_ || is_behind()) return {};
  auto candidate = pool_->prepare(body_of(tx), now());
  return candidate ? std::vector<Hash>{} : std::move(candidate.error().missing);
}

Result<> SharedPool::take(Bytes tx) {
  const auto refusal = admit(body_of(tx));
  if (refusal) return std::unexpected(refusal->error);
  return {};
}

std::optional<Body> SharedPool::find(const Hash& id) {
  const std::lock_guard lock(mutex_);
  const auto* entry = pool_->pool().find(id);
  return entry ? std::optional(entry->body) : std::nullopt;
}

void SharedPool::each(const std::function<void(const Hash&, const Body&)>& what) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : pool_->pool().entries()) what(entry.tx.witness_id, entry.body);
}

PoolFigures SharedPool::figures() {
  const std::lock_guard lock(mutex_);
  const auto& pool = pool_->pool();
  PoolFigures out{.tip = pool_->coins().tip(),
                  .height = pool_->coins().height(),
                  .bytes = pool.bytes(),
                  .orphans = pool_->orphans().size(),
                  .floor = pool.floor(now())};
  out.ids.reserve(pool.size());
  for (const auto& [id, entry] : pool.entries()) out.ids.push_back(id);
  return out;
}

u64 SharedPool::least_rate() {
  const std::lock_guard lock(mutex_);
  return pool_->pool().floor(now());
}

std::optional<u64> SharedPool::rate(const ItemHash& item) {
  const std::lock_guard lock(mutex_);
  const auto* entry = pool_->pool().find_item(item);
  return entry ? std::optional(entry->own.rate().per_kilobyte()) : std::nullopt;
}

kith::bitcoin::PoolView view_of(SharedPool& pool) {
  return {.each = [&pool](const auto& what) { pool.each(what); },
          .least_rate = [&pool] { return pool.least_rate(); },
          .rate = [&pool](const ItemHash& item) { return pool.rate(item); }};
}

std::pair<Hash, std::size_t> SharedPool::coins() {
  const std::lock_guard lock(mutex_);
  return {pool_->coins().digest(), pool_->coins().size()};
}

std::optional<bitcoin::Draft> SharedPool::draft(Buffer script, i64 date) {
  const std::lock_guard lock(mutex_);
  if (!steps_.empty() || closed_ || !next_bits_) return std::nullopt;
  const auto& coins = pool_->coins();
  return bitcoin::make_template(pool_->pool(), {.params = config_.pool.params,
                                                .parent = coins.tip(),
                                                .height = coins.height() + 1,
                                                .median_time = coins.median_time(coins.height()),
                                                .time = date,
                                                .bits = *next_bits_,
                                                .script = std::move(script)});
}

std::optional<Hash> SharedPool::await_move(const Hash& tip, std::chrono::seconds most, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const bool moved = changed_.wait_for(lock, stop, most, [&] { return steps_.empty() && pool_->coins().tip() != tip; });
  return moved ? std::optional(pool_->coins().tip()) : std::nullopt;
}

core::Kind pooled_transactions(const std::shared_ptr<SharedPool>& pool) {
  core::Kind out{transactions_kind, max_transaction, Priority::item, examine_transaction,
                 [pool](Bytes bytes) { return pool->judge(bytes); }};
  out.needs = [pool](Bytes bytes) { return pool->needs(bytes); };
  out.proves_itself = true;
  out.needs_tip = true;
  return out;
}

}  // namespace kith::app
