// Budget: how many items of a kind that anybody may author are looked at, for each author, for each group of addresses
// that they come from, and in all. What is over the budget is nobody's fault: whoever passes it on has a budget of his
// own and cannot know ours.
#pragma once

#include <map>

#include "base/token_bucket.hpp"
#include "model/address.hpp"

namespace kith::peers {

/// Items a second, and at once.
struct Rate {
  u64 per_second = 0;
  u64 burst = 0;
};

struct BudgetConfig {
  Rate author{1, 16};
  Rate group{8, 128};
  Rate all{16, 256};
};

/// Authors, and groups, whose rate is remembered at once.
inline constexpr std::size_t max_budget_rows = 4096;

class Budget {
 public:
  Budget(BudgetConfig config, Time now) : config_(config), all_(config.all.per_second, config.all.burst, now) {}

  /// Whether an item is worth the proof that its author's word needs: pays for the group it came from and for all. The
  /// author's share is only looked at, because anybody may write another's name on a forged item.
  bool may_judge(Time now, const PeerId& author, const Ip& from);
  /// Whether a proven item of `author` is within its share; pays for it.
  bool may_pass(Time now, const PeerId& author);

 private:
  template <typename Key>
  static TokenBucket* bucket(Time now, std::map<Key, TokenBucket>& rows, const Key& key, Rate rate);

  BudgetConfig config_;
  TokenBucket all_;
  std::map<PeerId, TokenBucket> authors_;
  std::map<Group, TokenBucket> groups_;
};

}  // namespace kith::peers
