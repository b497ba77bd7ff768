// What of a chain is told to whom asks for headers.
#include <gtest/gtest.h>

#include "bitcoin/messages/headers.hpp"
#include "bitcoin/messages/names.hpp"
#include "bitcoin/network_test.hpp"

namespace kith::bitcoin {
namespace {

/// A node with five blocks, and what it answers to a peer whose part the test plays.
struct AnswersToGetheaders : ::testing::Test {
  testing::Network network;
  testing::Node& node = network.add();
  std::vector<Hash> ids;

  void SetUp() override {
    ids.push_back(node.chain().tip().id);
    for (int i = 0; i < 5; ++i) ids.push_back(network.mine(node));
  }
  std::vector<Hash> answer(const Locator& question) {
    std::vector<Hash> out;
    node.world->command(network.turn(node), [&](core::Host& host, core::Turn& turn) {
      std::map<std::string, u16> names;
      const auto offer = host.offer(turn, wire_word);
      for (std::size_t i = 0; i < offer.names.size(); ++i) names[offer.names[i].text] = static_cast<u16>(i);
      const auto peer = *host.knocked(turn, {Ip::v4(8, 8, 0, 1), 40'000, std::string(wire_word), {}});
      Hello hello;
      for (const auto& [type, name] : names) hello.names.push_back(name);
      std::ranges::sort(hello.names);
      host.report(turn, peer, core::Opened{hello});
      host.report(turn, peer, core::Arrived{message_of(names.at(std::string(name::getheaders)), encode(question))});
      while (auto order = host.take()) {
        const auto* say = std::get_if<core::Say>(&*order);
        if (!say || say->message.name != names.at(std::string(name::headers))) continue;
        const auto headers = decode_headers(say->message.body.bytes());
        EXPECT_TRUE(headers.has_value());
        if (!headers) continue;
        for (const auto& header : *headers) out.push_back(ledger::bitcoin::id_of(header));
      }
      return true;
    });
    return out;
  }
  std::vector<Hash> part(std::ptrdiff_t from, std::ptrdiff_t to) const {
    return {ids.begin() + from, ids.begin() + to + 1};
  }
};

TEST_F(AnswersToGetheaders, are_all_behind_the_block_that_both_have) {
  EXPECT_EQ(answer({.hashes = {ids[2]}}), part(3, 5));
  EXPECT_EQ(answer({.hashes = {Hash{9}}}), part(1, 5)) << "nothing in common but genesis";
}

TEST_F(AnswersToGetheaders, end_with_the_block_at_which_to_stop) {
  EXPECT_EQ(answer({.hashes = {ids[0]}, .stop = ids[3]}), part(1, 3));
  EXPECT_EQ(answer({.hashes = {ids[0]}, .stop = Hash{9}}), part(1, 5)) << "a stop that is not there";
}

TEST_F(AnswersToGetheaders, are_that_of_the_stop_alone_without_hashes) {
  EXPECT_EQ(answer({.hashes = {}, .stop = ids[2]}), part(2, 2));
}

}  // namespace
}  // namespace kith::bitcoin
