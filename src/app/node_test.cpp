// A node's directory: what it holds, what happens when it is damaged or taken; and two nodes that find each other.
#include "app/node.hpp"

#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "app/scratch_test.hpp"
#include "codec/multiaddr.hpp"
#include "lean/envelope.hpp"

namespace kith::app {
namespace {

/// Everything that is waited for happens within this, or the test fails.
constexpr auto deadline = std::chrono::seconds(60);

NodeConfig in(const Scratch& scratch) {
  NodeConfig out;
  out.directory = scratch.path();
  return out;
}

NodeConfig with_notes() {
  NodeConfig out;
  out.listen = {{.ip = Ip::v4(127, 0, 0, 1), .port = 0, .wire = "lean", .id = {}}};
  out.kinds = {lean::authored("note", 1024, Priority::item, network_id(out.network),
                              [](const lean::Envelope&) { return Verdict::accept; })};
  return out;
}

TEST(Node, has_the_same_identity_whenever_it_is_opened_in_the_same_directory) {
  const Scratch scratch;
  const auto first = Node::open(in(scratch)).value()->id();
  EXPECT_EQ(Node::open(in(scratch)).value()->id(), first);
  const auto none = Node::open({}).value()->id();
  EXPECT_NE(none, first);
}

TEST(Node, does_not_share_its_directory) {
  const Scratch scratch;
  const auto first = Node::open(in(scratch));
  ASSERT_TRUE(first);
  const auto second = Node::open(in(scratch));
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().locked);
}

TEST(Node, that_cannot_write_is_not_locked_but_refused) {
  const Scratch scratch;
  scratch.write("file", "");
  NodeConfig config;
  config.directory = scratch / "file";
  const auto node = Node::open(std::move(config));
  ASSERT_FALSE(node);
  EXPECT_FALSE(node.error().locked);
}

TEST(Node, does_not_replace_an_identity_that_it_cannot_read) {
  const Scratch scratch;
  scratch.write("key", "half a key");
  const auto node = Node::open(in(scratch));
  ASSERT_FALSE(node);
  EXPECT_NE(node.error().why.find("64 hexadecimal digits"), std::string::npos) << node.error().why;
  EXPECT_EQ(scratch.read("key"), "half a key");
}

TEST(Node, moves_a_book_of_random_bytes_aside_says_so_and_begins_a_new_one) {
  const Scratch scratch;
  auto dice = Rng::seeded(7);
  const auto noise = dice.bytes<4096>();
  scratch.write("lean-book.dat", std::string(as_text(noise)));
  scratch.write("reputation.dat", std::string(as_text(noise)));
  const auto node = Node::open(in(scratch));
  ASSERT_TRUE(node) << node.error().why;
  ASSERT_EQ((*node)->notes().size(), 2U);
  EXPECT_NE((*node)->notes()[0].find("lean-book.dat is damaged: moved to"), std::string::npos) << (*node)->notes()[0];
  EXPECT_EQ(scratch.read("lean-book.dat.damaged-1"), as_text(noise));
  (*node)->stop();
  (*node)->run();
  EXPECT_FALSE(scratch.read("lean-book.dat").empty()) << "no new book was saved";
}

TEST(Node, begins_with_the_book_that_a_node_of_the_original_kept_and_leaves_it_alone) {
  const Scratch scratch;
  std::stringstream peers;
  peers << std::ifstream(KITH_SOURCE_DIR "/vectors/spacemesh/peers.sample.json").rdbuf();
  const auto addresses = [&] {
    auto config = in(scratch);
    config.wires = {"spacemesh"};
    const auto node = Node::open(std::move(config));
    const auto entries = (*node)->shell().world().host().neighbours()[0].book().entries();
    (*node)->stop();
    (*node)->run();
    return entries;
  };
  EXPECT_TRUE(addresses().empty());
  std::filesystem::remove(scratch / "spacemesh-book.dat");
  scratch.write("spacemesh-peers.json", peers.str());
  const auto taken = addresses();
  EXPECT_EQ(taken.size(), 8U) << "32 nodes, at four or more to a place";
  const auto at =
      std::ranges::find(taken, Ip::v4(8, 8, 8, 8), [](const peers::Entry& each) { return each.address.ip; });
  ASSERT_NE(at, taken.end());
  EXPECT_TRUE(at->tried);
  EXPECT_EQ(at->source, Ip::v4(5, 6, 7, 8));
  EXPECT_EQ(at->last_good, from_seconds(1'795'253'591));
  EXPECT_EQ(scratch.read("spacemesh-peers.json"), peers.str());
  // From now on it has its own.
  scratch.write("spacemesh-peers.json", "nothing that can be read");
  EXPECT_EQ(addresses().size(), 8U);
  EXPECT_EQ(scratch.read("spacemesh-peers.json"), "nothing that can be read");
}

TEST(Node, says_which_address_it_cannot_listen_on) {
  auto first = Node::open(with_notes());
  ASSERT_TRUE(first);
  auto config = with_notes();
  config.listen[0].port = (*first)->addresses()[0].port;
  const auto second = Node::open(std::move(config));
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().why.find(std::to_string((*first)->addresses()[0].port)), std::string::npos);
}

TEST(Node, refuses_to_publish_what_it_does_not_gossip_or_what_is_too_large) {
  auto node = Node::open(with_notes());
  ASSERT_TRUE(node);
  EXPECT_EQ((*node)->publish("song", as_bytes("la")).error().fault, Fault::bad_config);
  EXPECT_EQ((*node)->publish("note", Buffer(1025)).error().fault, Fault::malformed);
  EXPECT_EQ((*node)->publish("note", Buffer(5000)).error().fault, Fault::oversize);
  EXPECT_EQ((*node)->publish_block(Body()).error().fault, Fault::bad_config);
  EXPECT_TRUE((*node)->publish("note", as_bytes("good morning")));
}

TEST(Node, finds_another_by_its_bootstrap_address_and_gets_what_that_one_says) {
  auto speaker = std::move(*Node::open(with_notes()));
  auto config = with_notes();
  config.bootstrap = {{.dns = {}, .family = 0, .address = speaker->addresses()[0]}};
  auto listener = std::move(*Node::open(std::move(config)));
  speaker->on_event([&](const core::Event& event) {
    if (!std::holds_alternative<core::PeerUp>(event)) return;
    EXPECT_TRUE(speaker->publish("note", as_bytes("welcome")));
  });
  std::promise<std::string> heard;
  listener->on_event([&](const core::Event& event) {
    const auto* item = std::get_if<core::ItemAccepted>(&event);
    if (!item) return;
    const auto envelope = lean::decode_envelope(item->item.body.bytes(), 1024);
    heard.set_value(envelope && envelope->author == speaker->id() ? std::string(as_text(envelope->payload)) : "");
    listener->stop();
  });
  std::thread speaks([&] { speaker->run(); });
  std::thread listens([&] { listener->run(); });
  auto what = heard.get_future();
  const bool came = what.wait_for(deadline) == std::future_status::ready;
  speaker->stop();
  listener->stop();
  speaks.join();
  listens.join();
  ASSERT_TRUE(came);
  EXPECT_EQ(what.get(), "welcome");
}

TEST(Node, tells_others_the_port_that_was_set_by_hand_and_not_the_one_on_which_it_listens) {
  auto hears = std::move(*Node::open(with_notes()));
  auto config = with_notes();
  config.bootstrap = {{.dns = {}, .family = 0, .address = hears->addresses()[0]}};
  config.external = {{.ip = Ip::v4(198, 51, 100, 7), .port = 8001, .wire = "lean", .id = {}}};
  auto tells = std::move(*Node::open(std::move(config)));
  ASSERT_EQ(tells->external().size(), 1U);
  EXPECT_EQ(tells->external()[0].id, tells->id());
  std::promise<u16> port;
  hears->on_event([&](const core::Event& event) {
    if (const auto* up = std::get_if<core::PeerUp>(&event)) port.set_value(up->info.hello.port);
  });
  std::thread first([&] { hears->run(); });
  std::thread second([&] { tells->run(); });
  auto told = port.get_future();
  const bool came = told.wait_for(deadline) == std::future_status::ready;
  hears->stop();
  tells->stop();
  first.join();
  second.join();
  ASSERT_TRUE(came);
  EXPECT_EQ(told.get(), 8001);
}

TEST(Network, differs_by_name_and_by_genesis) {
  EXPECT_EQ(network_id("a"), network_id("a"));
  EXPECT_NE(network_id("a"), network_id("b"));
}

}  // namespace
}  // namespace kith::app
