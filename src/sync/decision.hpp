// What sync decides, as plain values; whoever holds it does what they say, in their order.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "ledger/chain.hpp"
#include "ledger/judge.hpp"
#include "model/ask.hpp"

namespace kith::sync {

/// Put this question (headers, or one block) to its peer.
struct AskFor {
  Ask ask;
};
/// The answer to this ask is not waited for any more. It may still come, and is then used if it is still wanted.
struct CancelAsk {
  u64 ask = 0;
  Peer peer;
};
struct JudgeBlock {
  ledger::BlockJob job;
};
/// Tell a peer of these headers, each the parent of the next; the last is our tip.
struct AnnounceTo {
  Peer to;
  std::vector<Buffer> headers;
};
struct Blame {
  Peer peer;
  Error error;
  /// Where the chain's rules found fault; those of a peer may differ there.
  std::optional<u64> height = std::nullopt;
};
/// The tip moved. `from` gave the block that moved it; nobody if it is our own.
struct Stepped {
  std::vector<ledger::Step> steps;
  std::optional<Peer> from;
};
/// The peer gave a block that was new and good.
struct Good {
  Peer peer;
};

using Decision = std::variant<AskFor, CancelAsk, JudgeBlock, AnnounceTo, Blame, Stepped, Good>;
using Decisions = std::vector<Decision>;

}  // namespace kith::sync
