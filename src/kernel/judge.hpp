// KernelJudge: full validation. libbitcoinkernel rules on blocks, keeps and serves them; a log of those that it has not
// written to its index yet makes good what a crash takes from it.
#pragma once

#include <chrono>
#include <set>

#include "kernel/recovery.hpp"
#include "ledger/log_judge.hpp"

namespace kith::kernel {

/// Bytes of the log at which everything is written to the index and the log begins anew.
inline constexpr u64 log_limit = u64{1} << 30;

struct JudgeConfig {
  const ledger::bitcoin::Params* params = nullptr;
  /// The library's own files; made if need be.
  std::filesystem::path directory;
  /// Blocks that the library may have lost, or never had: those of a node without full validation are taken too.
  std::unique_ptr<ledger::Log> log;
  u64 limit = log_limit;
  /// Called on whichever thread the judge is called on.
  Say say;
};

class KernelJudge : public ledger::Judge {
 public:
  /// Opens the files and takes what they hold, then what the log holds, into `chain`. `rules` and what the
  /// configuration points to outlive the judge. A date ahead of `now` is no fault here. Fails with a sentence for the
  /// operator.
  static std::expected<std::unique_ptr<KernelJudge>, std::string> open(const ledger::Rules& rules, JudgeConfig config,
                                                                       ledger::Chain& chain, Utc now);

  /// A block that does not make its chain the best is kept, and ruled on by the job that does.
  std::vector<ledger::Ruling> judge(const ledger::BlockJob& job) override;
  std::optional<Body> block(const Hash& id) override;
  /// Writes everything to the index; the next call opens the files again.
  Result<> flush() override;

  /// Bytes of the log now.
  u64 log_size() const { return log_.bytes(); }

 private:
  KernelJudge(const ledger::Rules& rules, JudgeConfig config);

  std::expected<void, std::string> restore(ledger::Chain& chain, Utc now);
  /// What the log judge asks of each block before it keeps it.
  Result<> check(const ledger::BlockJob& job);
  Result<> blame(const ledger::BlockJob& job, const Result<>& result);
  /// Whether there is an engine that works; tries to open one if not.
  bool ready();
  /// Closes the engine, so that all is in its index, and empties the log.
  Result<> settle();
  void replay();

  JudgeConfig config_;
  ledger::LogJudge log_;
  std::unique_ptr<Engine> engine_;
  /// Of the last check(): whether the block is kept, and what was found of others.
  bool kept_ = false;
  std::vector<Checked> others_;
  /// Kept blocks without a ruling. The chain's tree of headers is their limit.
  std::set<Hash> waiting_;
  /// Size of the log at which to settle next.
  u64 settle_at_;
  /// Of restore(): blocks looked at, whether one cannot be judged today, and when that was last said.
  std::size_t restored_ = 0;
  bool undecided_ = false;
  std::optional<std::chrono::steady_clock::time_point> said_;
};

}  // namespace kith::kernel
