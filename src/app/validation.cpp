// Headers by our own rules in any case; bodies by libbitcoinkernel where it is there and wanted.
#include "app/validation.hpp"

#include "app/chains.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/rules.hpp"
#ifdef KITH_KERNEL
#include "kernel/judge.hpp"
#include "kernel/scripts.hpp"
#endif

namespace kith::app {

namespace bitcoin = ledger::bitcoin;

#ifdef KITH_KERNEL
namespace {

OpenJudge full_validation(const bitcoin::Params& params, const ledger::Rules& rules) {
  return [&](const std::filesystem::path& directory, std::unique_ptr<ledger::Log> log, ledger::Chain& chain, Utc now,
             const std::function<void(const std::string&)>& say)
             -> std::expected<std::unique_ptr<ledger::Judge>, std::string> {
    if (directory.empty()) return std::unexpected("full validation needs a data directory");
    kernel::JudgeConfig config{.params = &params,
                               .directory = directory / kernel_folder,
                               .log = std::move(log),
                               .limit = kernel::log_limit,
                               .say = say};
    return kernel::KernelJudge::open(rules, std::move(config), chain, now);
  };
}

}  // namespace

bool can_validate_fully() { return true; }

std::optional<SharedPoolConfig> pool_of(const Settings& settings) {
  const auto* params = params_of(settings.chain);
  if (!params || settings.mempool == 0 || settings.anchor || !settings.coins.empty()) return std::nullopt;
  return SharedPoolConfig{.pool = {.params = params, .mempool = {.bytes = u64{settings.mempool} * 1'000'000}},
                          .scripts = kernel::check_scripts,
                          .directory = settings.data_dir};
}
#else
namespace {

OpenJudge full_validation(const bitcoin::Params&, const ledger::Rules&) { return {}; }

}  // namespace

bool can_validate_fully() { return false; }

std::optional<SharedPoolConfig> pool_of(const Settings&) { return std::nullopt; }
#endif

std::expected<std::optional<LedgerParts>, std::string> ledger_of(const Settings& settings) {
  if (settings.validation == Validation::full && !can_validate_fully())
    return std::unexpected(
        "--validation full: this build has no libbitcoinkernel; build it with -DKITH_KERNEL=ON, or say headers");
  if (settings.validation == Validation::full && settings.anchor)
    return std::unexpected("--validation full begins at genesis: with --anchor say headers");
  if (settings.chain == ChainName::none) return std::nullopt;
  const auto& params = *params_of(settings.chain);
  // btcd's network is unknown to Bitcoin Core, and so to its library.
  const bool known = settings.chain != ChainName::simnet;
  if (settings.validation == Validation::full && !known)
    return std::unexpected("--validation full: libbitcoinkernel does not know simnet; say headers");
  LedgerParts out{.rules = std::make_unique<bitcoin::BitcoinRules>(params),
                  .check = [&params](const ledger::BlockJob& job) { return bitcoin::check_block(params, job); },
                  .magic = params.magic,
                  .minimum_work = settings.minimum_work,
                  .genesis = Body(params.genesis_block),
                  .full = {},
                  .anchor = settings.anchor};
  if (settings.validation != Validation::headers && !settings.anchor && known)
    out.full = full_validation(params, *out.rules);
  return out;
}

}  // namespace kith::app
