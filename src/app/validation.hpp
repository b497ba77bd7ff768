// Validation: which ledger a node keeps. The one room that knows whether this build can validate fully.
#pragma once

#include <expected>

#include "app/node.hpp"
#include "app/options.hpp"

namespace kith::app {

/// The folder of a data directory in which full validation keeps its files.
inline constexpr const char* kernel_folder = "kernel";

/// Whether this build has libbitcoinkernel.
bool can_validate_fully();

/// The ledger that `settings` ask for, if any. Fails with a sentence for the operator.
std::expected<std::optional<LedgerParts>, std::string> ledger_of(const Settings& settings);
/// The pool of transactions for that ledger; none where there is no chain from genesis on, where transactions spend the
/// coins of a file, or where this build cannot check scripts.
std::optional<SharedPoolConfig> pool_of(const Settings& settings);

}  // namespace kith::app
