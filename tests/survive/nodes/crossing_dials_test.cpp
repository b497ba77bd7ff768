// Two nodes that dial each other at once, a thousand times: in the original both can lose both connections for good.
#include "survive/nodes/nodes.hpp"

namespace kith::testing {
namespace {

constexpr int rounds = 20;
constexpr std::size_t pairs = 50;

struct CrossingDials : Nodes {
  /// Open connections, and those that are none yet or end.
  static std::pair<std::size_t, std::size_t> rows(RunningNode& node) {
    return node.ask([](core::Host& host, core::Turn&) {
      std::size_t open = 0;
      const auto& all = host.connections().rows();
      for (const auto& [peer, row] : all) open += std::size_t{row.open && !row.closing};
      return std::pair(open, all.size() - open);
    });
  }
  /// Whether both know of the same connections, of which a wire that proves identities keeps one.
  static bool is_settled(RunningNode& a, RunningNode& b) {
    const auto [open, others] = rows(a);
    return open > 0 && others == 0 && (!is_lean() || open == 1) && rows(b) == std::pair(open, std::size_t{0});
  }
};

TEST_P(CrossingDials, of_a_thousand_pairs_leave_none_alone) {
  for (int round = 0; round < rounds; ++round) {
    std::deque<RunningNode> all;
    for (std::size_t i = 0; i < 2 * pairs; ++i) all.emplace_back(open(config()));
    for (std::size_t i = 0; i < 2 * pairs; i += 2) {
      all[i]->connect(endpoint(all[i + 1].address()));
      all[i + 1]->connect(endpoint(all[i].address()));
    }
    const auto until = std::chrono::steady_clock::now() + shell::deadline;
    for (std::size_t i = 0; i < 2 * pairs; i += 2)
      while (!is_settled(all[i], all[i + 1]))
        ASSERT_LT(std::chrono::steady_clock::now(), until)
            << "round " << round << ", pair " << i / 2 << ": " << rows(all[i]).first << " and "
            << rows(all[i + 1]).first << " connections";
  }
}

KITH_ON_BOTH_WIRES(CrossingDials);

}  // namespace
}  // namespace kith::testing
