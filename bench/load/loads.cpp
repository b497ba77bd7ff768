// Loads, by one thread that waits for each answer.
#include "load/loads.hpp"

#include <iostream>
#include <memory>
#include <thread>

#include "base/check.hpp"
#include "bitcoin/messages/headers.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "bitcoin/messages/names.hpp"

namespace kith::bench {
namespace {

namespace name = bitcoin::name;
using Clock = std::chrono::steady_clock;

/// Transactions that a message names.
constexpr std::size_t told_at_once = 100;

/// 127.0/16 is where servers are.
u8 net_of(std::size_t index) { return static_cast<u8>(1 + index % 255); }
u8 host_of(std::size_t index) { return static_cast<u8>(index / 255 % 256); }

using All = std::vector<std::unique_ptr<Connection>>;

/// Until nobody has heard anything for so long.
void settle(const All& all, Clock::duration silence) {
  for (auto last = Clock::now(); Clock::now() < last + silence;) {
    for (const auto& each : all)
      if (each->drain()) last = Clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// Some at a time, and goes on when what the server asks for was answered.
void announce(Connection& through, std::size_t count) {
  auto dice = Rng::seeded(1);
  while (count > 0) {
    std::vector<bitcoin::Inv> entries(std::min(count, told_at_once));
    for (auto& entry : entries) entry = {bitcoin::InvType::tx, dice.bytes<32>()};
    count -= entries.size();
    through.say(name::inv, Body(bitcoin::encode_inventory(entries)));
    through.say(name::ping, Body(Buffer(8, 1)));
    check(through.await(name::pong).has_value(), "a server that hears of transactions");
  }
}

}  // namespace

std::size_t handshakes(const Target& target, std::size_t count, std::size_t at_once, double per_second) {
  const auto begun = Clock::now();
  std::size_t refused = 0;
  for (std::size_t i = 0; i < count;) {
    if (per_second > 0)
      std::this_thread::sleep_until(begun + std::chrono::duration_cast<Clock::duration>(
                                                std::chrono::duration<double>(static_cast<double>(i) / per_second)));
    All wave;
    for (; i < count && wave.size() < at_once; ++i)
      wave.push_back(std::make_unique<Connection>(target, net_of(i), host_of(i)));
    for (const auto& each : wave) each->greet();
    for (const auto& each : wave)
      if (!each->answered()) ++refused;
    for (const auto& each : wave) each->leave();
    for (const auto& each : wave) each->await_end();
  }
  return refused;
}

void headers(const Target& target, const Hash& genesis, std::size_t count) {
  constexpr std::size_t size = 3 + ledger::max_headers * 81;
  Connection connection(target, 1, 0);
  connection.greet();
  check(connection.answered(), "a connection");
  const Body question(bitcoin::encode(bitcoin::Locator{.hashes = {genesis}}));
  for (std::size_t i = 0; i < count; ++i) {
    connection.say(name::getheaders, question);
    std::optional<Body> answer;
    // News of a tip come in between.
    do answer = connection.await(name::headers);
    while (answer && answer->size() < size);
    check(answer.has_value(), "an answer");
  }
}

void stay(const Target& target) {
  All all;
  std::size_t announced = 0;
  std::string what;
  std::size_t count = 0;
  while (std::cin >> what >> count) {
    if (what == "grow") {
      while (all.size() < count) {
        auto next = std::make_unique<Connection>(target, net_of(all.size()), host_of(all.size()));
        next->greet();
        if (next->answered())
          all.push_back(std::move(next));
        else
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    } else {
      for (; announced < all.size(); ++announced) announce(*all[announced], count);
    }
    settle(all, std::chrono::seconds(1));
    std::cout << what << std::endl;
  }
}

}  // namespace kith::bench
