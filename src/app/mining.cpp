// A template, a few nonces, and a wait for the chain to take the block.
#include "app/mining.hpp"

#include <algorithm>

#include "ledger/bitcoin/target.hpp"
#include "ledger/bitcoin/template.hpp"

namespace kith::app {
namespace {

namespace bitcoin = ledger::bitcoin;

/// Nonces between two looks whether to stop.
constexpr u32 tries = 100'000;
/// How long the chain may take to move to a block that was made.
constexpr auto patience = std::chrono::seconds(30);

i64 date() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

bool is_easy(const bitcoin::Params& params) {
  // Half of all hashes meet it.
  return params.limit_bits == 0x207fffff;
}

Mining::Mining(SharedPool& pool, const bitcoin::Params& params, std::function<void(const Body&)> publish)
    : pool_(pool), params_(params), publish_(std::move(publish)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Result<u64> Mining::begin(u64 blocks, Buffer script) {
  if (!is_easy(params_)) return fail(Fault::bad_config, "blocks of this chain are too hard to make");
  if (blocks == 0 || blocks > max_mined) return fail(Fault::oversize, "number of blocks");
  if (script.size() > bitcoin::max_pay_script) return fail(Fault::oversize, "script");
  const std::lock_guard lock(mutex_);
  const auto waiting = std::ranges::count_if(jobs_, [](const auto& job) { return !job.second.state.ended(); });
  if (static_cast<std::size_t>(waiting) >= max_mining_jobs) return fail(Fault::no_slot, "requests to mine");
  jobs_.emplace(++last_, Job{std::move(script), {.wanted = blocks}});
  while (jobs_.size() > max_mining_jobs)
    jobs_.erase(std::ranges::find_if(jobs_, [](const auto& job) { return job.second.state.ended(); }));
  changed_.notify_all();
  return last_;
}

std::optional<Mined> Mining::state(u64 job) {
  const std::lock_guard lock(mutex_);
  const auto at = jobs_.find(job);
  return at == jobs_.end() ? std::nullopt : std::optional(at->second.state);
}

void Mining::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto next = [this] {
    return std::ranges::find_if(jobs_, [](const auto& job) { return !job.second.state.ended(); });
  };
  while (changed_.wait(lock, stop, [&] { return next() != jobs_.end(); })) {
    const u64 number = next()->first;
    const Buffer script = next()->second.script;
    lock.unlock();
    auto why = make_one(number, script, stop);
    lock.lock();
    jobs_.at(number).state.failed = std::move(why);
  }
}

std::string Mining::make_one(u64 job, const Buffer& script, const std::stop_token& stop) {
  auto draft = pool_.draft(script, date());
  if (!draft) {
    // On its way to the tip.
    if (!pool_.await_move({}, patience, stop)) return "the pool does not come to the chain's tip";
    draft = pool_.draft(script, date());
    if (!draft) return {};
  }
  const Hash tip = draft->header.parent;
  draft->tag = job;
  bitcoin::Miner miner(params_, std::move(*draft));
  std::optional<Buffer> block;
  while (!block && !stop.stop_requested()) block = miner.mine(tries);
  if (!block) return "the node stops";
  const Hash id = bitcoin::id_of(Bytes(*block).first(bitcoin::header_size));
  publish_(Body(std::move(*block)));
  const auto moved = pool_.await_move(tip, patience, stop);
  if (!moved) return "the chain does not take the block";
  // Somebody else's may have been faster.
  if (*moved != id) return {};
  const std::lock_guard lock(mutex_);
  jobs_.at(job).state.found.push_back(id);
  return {};
}

}  // namespace kith::app
