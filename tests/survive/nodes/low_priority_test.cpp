// A queue full of messages that can wait, towards a neighbour that does not read: what is urgent passes them all the
// same. In the original it is thrown away, or waits behind them.
#include "base/writer.hpp"
#include "survive/nodes/nodes.hpp"

namespace kith::testing {
namespace {

/// More than the queues of the node and of the kernel hold, and fewer than a neighbour may announce.
constexpr std::size_t many = 4500;
constexpr std::size_t size = 2048;
/// So many can neither have left before the urgent one came, nor be sent before it.
constexpr std::ptrdiff_t behind = 1000;

struct AFullQueue : Nodes {
  std::size_t ups = 0;
  std::size_t published = 0;
  std::vector<bool> came;
  std::promise<void> release;

  app::NodeConfig with_kinds() const {
    auto out = config();
    out.kinds = {kind("bulk", Priority::bulk), kind("urgent", Priority::block)};
    return out;
  }
  static Buffer item(u64 number) {
    Buffer out;
    Writer(out).u64be(number).zeros(size - 8);
    return out;
  }
};

TEST_P(AFullQueue, of_what_can_wait_is_passed_by_what_is_urgent) {
  auto giving = open(with_kinds());
  giving->on_event([this](const core::Event& event) {
    if (std::holds_alternative<core::PeerUp>(event)) watch.change([&] { ++ups; });
    if (std::holds_alternative<core::ItemAccepted>(event)) watch.change([&] { ++published; });
  });
  auto taking = open(with_kinds());
  taking->on_event([this, released = release.get_future().share()](const core::Event& event) {
    if (std::holds_alternative<core::PeerUp>(event)) watch.change([&] { ++ups; });
    const auto* item = std::get_if<core::ItemAccepted>(&event);
    if (!item) return;
    // Reads nothing more for now.
    released.wait();
    watch.change([&] { came.push_back(item->item.id.kind == 1); });
  });
  RunningNode x(std::move(giving));
  RunningNode y(std::move(taking));
  x->connect(endpoint(y.address()));
  ASSERT_TRUE(watch.until([&] { return ups == 2; }));
  for (std::size_t i = 0; i < many; ++i) {
    ASSERT_TRUE(watch.until([&] { return i - published < core::max_own_judging / 2; }));
    ASSERT_TRUE(x->publish("bulk", item(i)));
  }
  ASSERT_TRUE(watch.until([&] { return published == many; }));
  const auto queued = x.ask([](core::Host& host, core::Turn&) {
    std::size_t out = 0;
    for (const auto& [peer, row] : host.connections().rows()) out += row.queued;
    return out;
  });
  // Lean tells of items of this size, and queues what it is asked for.
  EXPECT_TRUE(is_lean() || queued >= core::full_queue) << queued;
  ASSERT_TRUE(x->publish("urgent", item(many)));
  ASSERT_TRUE(watch.until([&] { return published == many + 1; }));
  release.set_value();
  const auto urgent = [&] { return std::ranges::find(came, true); };
  EXPECT_TRUE(watch.until([&] { return urgent() != came.end() && came.end() - urgent() > behind; }))
      << came.size() << " came, the urgent one as number " << urgent() - came.begin();
}

KITH_ON_BOTH_WIRES(AFullQueue);

}  // namespace
}  // namespace kith::testing
