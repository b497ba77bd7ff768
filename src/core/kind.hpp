// Kind: a sort of item that a node gossips. Authored kinds carry their author's signature; self-proving ones (blocks,
// transactions) are proved by the ledger's rules.
#pragma once

#include <functional>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"
#include "gossip/kinds.hpp"
#include "model/item.hpp"
#include "model/mail.hpp"
#include "model/message.hpp"
#include "model/peer.hpp"
#include "model/verdict.hpp"
#include "peers/budget.hpp"

namespace kith::core {

/// What can be said of an item's body before anybody pays for a signature check.
struct Examined {
  ItemHash hash{};
  /// The author's date; absent for self-proving kinds.
  std::optional<Utc> date;
  /// Who signed it, claimed until `judge` has accepted; absent for self-proving kinds.
  std::optional<PeerId> author = std::nullopt;
};

struct Kind {
  std::string text;
  /// Largest body, in bytes.
  u32 largest = 0;
  Priority priority = Priority::item;
  /// Decodes and bounds: cheap, on the host's thread. Fails with malformed or stale_item.
  std::function<Result<Examined>(Bytes body, Utc utc)> examine;
  /// The proof and then the application's word: slow, on a worker, several at a time. Sees nothing but the body.
  std::function<Verdict(Bytes body)> judge;
  /// The same for less, for an author of whom an item of this kind was accepted before; empty if there is no such
  /// thing.
  std::function<Verdict(Bytes body)> judge_known = {};
  /// A body is the item itself and needs no author: our own are judged as everybody's before they leave.
  bool proves_itself = false;
  /// How many items are looked at, of a kind of which anybody may author as many as he likes.
  std::optional<peers::BudgetConfig> budget = std::nullopt;
  /// The letter to this very node in an accepted item, if there is one; on a worker, behind `judge`. A kind that has
  /// this is the host's own and is not told to the application.
  std::function<std::optional<Letter>(Bytes body)> open = nullptr;
  /// Of an item that `judge` ignored: the ids, as its kind has them, of others that it needs first and that nobody here
  /// has. On a worker, behind `judge`.
  std::function<std::vector<Hash>(Bytes body)> needs = nullptr;
  /// Only a chain at its tip can judge them: what peers name is passed over while ours is more than max_behind_tip
  /// blocks behind its best header.
  bool needs_tip = false;
};
inline constexpr u32 max_behind_tip = 144;
inline constexpr std::size_t max_kinds = gossip::max_kinds;

}  // namespace kith::core
