// Work: what is too slow for the host's thread, as values: jobs go out, what was done comes back. The shell runs it on
// workers, the simulator at a simulated time.
#pragma once

#include <span>
#include <variant>

#include "core/kind.hpp"
#include "ledger/judge.hpp"
#include "model/message.hpp"
#include "model/peer.hpp"

namespace kith::core {

struct ItemJob {
  u64 number = 0;
  Item item;
  /// An item of this author and kind was accepted before.
  bool known_author = false;
};
struct ReadJob {
  Peer peer;
  Lane lane = 0;
  Hash id{};
};
using Job = std::variant<ledger::BlockJob, ItemJob, ReadJob>;

struct ItemRuling {
  u64 number = 0;
  Verdict verdict = Verdict::ignore;
  /// What the item held for this node.
  std::optional<Letter> letter = std::nullopt;
  /// What the item needs first.
  std::vector<Hash> needs = {};
};
struct BlockRead {
  ReadJob job;
  std::optional<Body> body;
};
using Done = std::variant<std::vector<ledger::Ruling>, ItemRuling, BlockRead>;

/// Whether `job` needs the ledger's judge, which takes one job at a time.
inline bool needs_judge(const Job& job) { return !std::holds_alternative<ItemJob>(job); }

/// Does `job`. `judge` may be null for a host without a ledger: it then gets no jobs that need one.
Done run(const Job& job, ledger::Judge* judge, std::span<const Kind> kinds);

}  // namespace kith::core
