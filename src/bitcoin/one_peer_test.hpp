// OnePeer: a host that speaks bitcoin, and one peer whose part the test plays.
#pragma once

#include <gtest/gtest.h>

#include "bitcoin/dialect.hpp"
#include "bitcoin/network_test.hpp"

namespace kith::bitcoin::testing {

struct OnePeer : ::testing::Test {
  Rng rng = Rng::seeded(5);
  core::Turn turn{Time{} + 1h, test_utc, rng};
  /// Of the host's chain, if it has one.
  std::unique_ptr<ledger::LogJudge> judge;
  std::unique_ptr<core::Host> host;
  std::map<std::string, u16> names;
  Peer peer;
  std::vector<Message> answers;
  std::vector<Fault> blames;

  /// The host is there, and the peer with all that can be agreed on.
  void start(std::unique_ptr<ledger::Chain> chain, core::Kind kind, const PoolView& pool) {
    core::HostConfig config;
    config.neighbours[0].word = wire_word;
    config.neighbours[0].has_ids = false;
    config.neighbours[0].blames_items = false;
    std::vector<core::Kind> kinds;
    kinds.push_back(std::move(kind));
    host = std::make_unique<core::Host>(config, std::move(chain), std::move(kinds), protocols({}, pool), core::Memory{},
                                        rng);
    host->start(turn);
    const auto offer = host->offer(turn, wire_word);
    for (std::size_t i = 0; i < offer.names.size(); ++i) names[offer.names[i].text] = static_cast<u16>(i);
    peer = *host->knocked(turn, {Ip::v4(8, 8, 0, 1), 40'000, std::string(wire_word), {}});
    Hello hello;
    for (const auto& [type, name] : names) hello.names.push_back(name);
    std::ranges::sort(hello.names);
    hello.kinds = {gossip::tag_of(tx_kind)};
    host->report(turn, peer, core::Opened{hello});
    pump();
  }
  /// Does all that the host orders.
  void pump() {
    while (auto order = host->take()) {
      if (const auto* say = std::get_if<core::Say>(&*order)) answers.push_back(say->message);
      if (const auto* work = std::get_if<core::Work>(&*order))
        host->done(turn, core::run(work->job, judge.get(), host->kinds()));
      const auto* event = std::get_if<core::Event>(&*order);
      if (const auto* blame = event ? std::get_if<core::PeerBlamed>(event) : nullptr)
        blames.push_back(blame->error.fault);
    }
  }
  void says(std::string_view type, Buffer payload) {
    host->report(turn, peer, core::Arrived{message_of(names.at(std::string(type)), std::move(payload))});
    pump();
  }
  /// Of what the host said so far, which is forgotten.
  std::vector<Message> said(std::string_view type) {
    pump();
    std::vector<Message> out;
    for (const auto& message : std::exchange(answers, {}))
      if (message.name == names.at(std::string(type))) out.push_back(message);
    return out;
  }
  /// Takes what the peer was blamed for so far.
  std::vector<Fault> blamed() { return std::exchange(blames, {}); }
};

}  // namespace kith::bitcoin::testing
