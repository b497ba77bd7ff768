// An address book that ends in the middle, as after a power failure: the original deletes it and starts with nothing.
#include <fstream>

#include "app/scratch_test.hpp"
#include "survive/nodes/nodes.hpp"

namespace kith::testing {
namespace {

struct ACutBook : Nodes {
  app::Scratch home;

  std::unique_ptr<app::Node> open_at_home(const std::vector<Endpoint>& bootstrap,
                                          const std::vector<Address>& contacts) {
    auto mine = config();
    mine.directory = home.path();
    mine.outbound = 1;
    mine.bootstrap = bootstrap;
    mine.contacts = contacts;
    auto node = open(std::move(mine));
    node->on_event([this](const core::Event& event) {
      if (std::holds_alternative<core::PeerUp>(event)) watch.change([&] { ++ups; });
    });
    return node;
  }
  std::filesystem::path book() const { return home / core::book_file(GetParam()); }
  static Buffer content(const std::filesystem::path& file) { return shell::read_file(file, 1 << 26).value(); }

  std::size_t ups = 0;
};

TEST_P(ACutBook, is_moved_aside_and_the_node_finds_its_peers_again) {
  RunningNode other(open(config()));
  const std::vector there{endpoint(other.address())};
  {
    RunningNode first(open_at_home(there, {other.address()}));
    ASSERT_TRUE(watch.until([&] { return ups == 1; }));
  }
  const auto whole = content(book());
  std::filesystem::resize_file(book(), whole.size() / 2);
  const auto half = content(book());
  {
    auto node = open_at_home(there, {other.address()});
    ASSERT_EQ(node->notes().size(), 1U);
    EXPECT_NE(node->notes()[0].find("is damaged: moved to "), std::string::npos) << node->notes()[0];
    const auto aside = node->notes()[0].substr(node->notes()[0].find("moved to ") + 9);
    EXPECT_EQ(content(aside.substr(0, aside.find(','))), half);
    RunningNode second(std::move(node));
    EXPECT_TRUE(watch.until([&] { return ups == 2; }));
  }
  // What it knows now is in the new book: nobody has to be named.
  auto node = open_at_home({}, {});
  EXPECT_TRUE(node->notes().empty()) << node->notes()[0];
  RunningNode third(std::move(node));
  EXPECT_TRUE(watch.until([&] { return ups == 3; }));
}

KITH_ON_BOTH_WIRES(ACutBook);

}  // namespace
}  // namespace kith::testing
