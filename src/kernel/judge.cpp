// Ruling through the engine, and keeping the engine and its log in step.
#include "kernel/judge.hpp"

#include <utility>

#include "base/check.hpp"
#include "kernel/words.hpp"
#include "ledger/bitcoin/block.hpp"

namespace kith::kernel {
namespace {

using ledger::Ruling;

/// A long import says how far it is this often.
constexpr auto say_every = std::chrono::seconds(2);

std::string text_of(const Error& error) { return std::string(to_text(error.fault)) + " (" + error.what + ")"; }

}  // namespace

KernelJudge::KernelJudge(const ledger::Rules& rules, JudgeConfig config)
    : config_(std::move(config)),
      log_(
          rules, std::move(config_.log), config_.params->magic,
          [this](const ledger::BlockJob& job) { return check(job); }, Body(config_.params->genesis_block)),
      settle_at_(config_.limit) {}

std::expected<std::unique_ptr<KernelJudge>, std::string> KernelJudge::open(const ledger::Rules& rules,
                                                                           JudgeConfig config, ledger::Chain& chain,
                                                                           Utc now) {
  std::unique_ptr<KernelJudge> judge(new KernelJudge(rules, std::move(config)));
  auto engine = open_engine(*judge->config_.params, judge->config_.directory, judge->config_.say);
  if (!engine) return std::unexpected(engine.error());
  judge->engine_ = std::move(*engine);
  if (auto restored = judge->restore(chain, now); !restored) return std::unexpected(restored.error());
  return judge;
}

std::expected<void, std::string> KernelJudge::restore(ledger::Chain& chain, Utc now) {
  for (u32 height = 1; height <= engine_->height(); ++height) {
    const auto header = engine_->header_at(height);
    const auto parsed = chain.rules().parse(header);
    kith::check(parsed.has_value(), "a header that its own rules refuse");
    const auto ref = chain.keep(header, std::max(now, from_seconds(parsed->time)));
    if (!ref) return std::unexpected("a header of " + config_.directory.string() + ": " + text_of(ref.error()));
    chain.ruled(ref->id, Verdict::accept);
  }
  if (chain.tip().height > 0) config_.say("found " + std::to_string(chain.tip().height) + " blocks");
  if (log_.bytes() == 0) return {};

  said_ = std::chrono::steady_clock::now();
  const auto before = chain.tip().height;
  const auto found = log_.restore(chain, now);
  said_.reset();
  if (!found) return std::unexpected("the log of blocks: " + text_of(found.error()));
  // The log took blocks that were kept as good; a later one may have shown that they are not.
  for (const auto& other : std::exchange(others_, {}))
    if (!other.result) chain.ruled(other.id, Verdict::reject);
  if (!engine_->broken().empty()) return std::unexpected("full validation stopped: " + engine_->broken());
  if (chain.tip().height > before)
    config_.say("took " + std::to_string(chain.tip().height - before) + " blocks that were not in the index");
  if (found->skipped > 0) config_.say("passed over " + std::to_string(found->skipped) + " bad blocks");
  if (found->cut_bytes > 0) config_.say("cut off " + std::to_string(found->cut_bytes) + " torn bytes");
  // A block from the future stays in the log: today's clock may be wrong.
  if (undecided_) return {};
  if (const auto settled = settle(); !settled) return std::unexpected(text_of(settled.error()));
  if (!ready()) return std::unexpected(config_.directory.string() + " cannot be opened again");
  return {};
}

Result<> KernelJudge::check(const ledger::BlockJob& job) {
  kept_ = false;
  if (said_ && ++restored_ % 64 == 0 && std::chrono::steady_clock::now() - *said_ > say_every) {
    said_ = std::chrono::steady_clock::now();
    config_.say("checked " + std::to_string(restored_) + " blocks of the log");
  }
  if (engine_->in_chain(job.ref.id)) return {};
  auto outcome = engine_->process(job.ref.id, job.body.bytes());
  for (auto& other : outcome.others) others_.push_back(std::move(other));
  if (!outcome.result) return blame(job, outcome.result);
  kept_ = outcome.kept;
  return {};
}

Result<> KernelJudge::blame(const ledger::BlockJob& job, const Result<>& result) {
  const auto fault = result.error().fault;
  undecided_ |= fault == Fault::future_block;
  const auto words = last_words();
  if (fault == Fault::storage)
    config_.say("full validation stopped: " + (engine_->broken().empty() ? words : engine_->broken()));
  if (fault != Fault::bad_block) return result;
  // A copy with other transactions may have the same Merkle root; the library says of some that they break a rule.
  if (const auto own = ledger::bitcoin::check_block(*config_.params, job);
      !own && own.error().fault == Fault::corrupt_block)
    return own;
  config_.say("block " + to_display(job.ref.id) + " at " + std::to_string(job.ref.height) +
              " is refused: " + (words.empty() ? result.error().what : words));
  return result;
}

std::vector<Ruling> KernelJudge::judge(const ledger::BlockJob& job) {
  const Hash& id = job.ref.id;
  if (!ready()) return {ledger::ruling_of(id, fail(Fault::storage, "full validation"))};
  others_.clear();
  kept_ = false;
  // A kept block is in the log already; what it lacks is a ruling.
  auto own = log_.has(id) && !engine_->in_chain(id) ? ledger::ruling_of(id, check(job)) : log_.judge(job).front();
  std::vector<Ruling> out;
  for (const auto& other : others_) {
    waiting_.erase(other.id);
    out.push_back(ledger::ruling_of(other.id, other.result));
  }
  if (own.verdict == Verdict::accept && kept_) {
    waiting_.insert(id);
    own = {id, Verdict::later, {Fault::bad_block, "on a lighter chain"}, true};
  } else {
    waiting_.erase(id);
  }
  out.push_back(own);
  if (log_.bytes() >= settle_at_) static_cast<void>(settle());
  return out;
}

std::optional<Body> KernelJudge::block(const Hash& id) {
  if (waiting_.contains(id)) return std::nullopt;
  if (auto body = log_.block(id)) return body;
  if (!ready() || !engine_->in_chain(id)) return std::nullopt;
  auto bytes = engine_->read(id);
  if (bytes) return Body(std::move(*bytes));
  config_.say("block " + to_display(id) + " cannot be read from " + config_.directory.string() +
              ": the next start rebuilds it");
  want_rebuilt(config_.directory);
  return std::nullopt;
}

bool KernelJudge::ready() {
  if (engine_ && engine_->broken().empty()) return true;
  engine_.reset();
  // Only as it is: the chain has taken what these files hold, so another start must mend them.
  auto in_the_way = obstacle(config_.directory);
  auto engine = in_the_way.empty() ? Engine::open(*config_.params, config_.directory, Opening::as_it_is)
                                   : std::unexpected(std::move(in_the_way));
  if (!engine) {
    config_.say("full validation waits: " + engine.error());
    return false;
  }
  engine_ = std::move(*engine);
  replay();
  return true;
}

/// What an engine that broke did not write down is still in the log.
void KernelJudge::replay() {
  log_.each([&](const Hash& id, const Body& body) {
    if (!engine_->in_chain(id)) engine_->process(id, body.bytes());
  });
}

Result<> KernelJudge::settle() {
  if (const auto flushed = log_.flush(); !flushed) return flushed;
  settle_at_ = log_.bytes() + config_.limit;
  if (engine_) {
    const auto closed = engine_->close();
    engine_.reset();
    if (!closed) {
      config_.say("full validation cannot write its files: " + closed.error());
      return fail(Fault::storage, "full validation");
    }
  }
  if (const auto cleared = log_.clear(); !cleared) return cleared;
  settle_at_ = config_.limit;
  return {};
}

Result<> KernelJudge::flush() { return settle(); }

}  // namespace kith::kernel
