// Each kind of merit protects a few, so that an attacker has to be good at all of them to hold every slot.
#include "peers/eviction.hpp"

#include <algorithm>
#include <map>

#include "crypto/hash.hpp"

namespace kith::peers {
namespace {

using Candidates = std::vector<Candidate>;

/// Takes out the `most` first by `key` of those that `merits`; of equals, the older connection.
template <typename Key, typename Merits>
void protect(Candidates& candidates, std::size_t most, Key key, Merits merits) {
  std::ranges::sort(candidates, {}, [&](const Candidate& one) { return std::tuple(!merits(one), key(one), one.peer); });
  const auto end = std::ranges::find_if_not(candidates, merits);
  const auto worthy = static_cast<std::size_t>(end - candidates.begin());
  candidates.erase(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(std::min(most, worthy)));
}

}  // namespace

std::optional<Peer> evict(Candidates candidates, const Salt& salt) {
  const auto all = [](const Candidate&) { return true; };
  const auto by_group = [&](const Candidate& one) { return crypto::keyed_hash(salt, group_of(one.ip).bytes); };
  protect(candidates, protected_by_group, by_group, all);
  protect(
      candidates, protected_by_round_trip, [](const Candidate& one) { return one.round_trip; },
      [](const Candidate& one) { return one.round_trip != Duration::max(); });
  protect(
      candidates, protected_by_items, [](const Candidate& one) { return -one.last_item.time_since_epoch(); },
      [](const Candidate& one) { return one.last_item != Time{}; });
  protect(
      candidates, protected_by_blocks, [](const Candidate& one) { return -one.last_block.time_since_epoch(); },
      [](const Candidate& one) { return one.last_block != Time{}; });
  protect(candidates, candidates.size() / 2, [](const Candidate& one) { return one.since; }, all);
  if (candidates.empty()) return std::nullopt;

  std::map<Group, Candidates> groups;
  for (const auto& one : candidates) groups[group_of(one.ip)].push_back(one);
  const auto youngest = [](const Candidates& group) {
    const auto age = [](const Candidate& one) { return std::pair(one.since, one.peer); };
    return *std::ranges::max_element(group, {}, age);
  };
  // Of groups as populous as each other, the one with the youngest.
  const auto rank = [&](const auto& group) { return std::pair(group.second.size(), youngest(group.second).since); };
  return youngest(std::ranges::max_element(groups, {}, rank)->second).peer;
}

}  // namespace kith::peers
