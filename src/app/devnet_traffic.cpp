// Coins first, then transactions and blocks, then the count.
#include "app/devnet_traffic.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "app/devnet_chain.hpp"
#include "app/key.hpp"
#include "codec/multiaddr.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/maker.hpp"
#include "ledger/bitcoin/tx_rules.hpp"
#include "ledger/bitcoin/wallet.hpp"

namespace kith::app {
namespace {

namespace bitcoin = ledger::bitcoin;
namespace json = boost::json;
using Clock = DevnetNetwork::Clock;

constexpr const char* chain_name = "regtest";
constexpr auto block_every = std::chrono::seconds(2);
/// Who waits for a block to be made may wait so long.
constexpr auto mining_patience = std::chrono::seconds(30);
/// Coins of each node's wallet: each is spent again and again, always at that node, so that no transaction waits for
/// one that is still on its way to it.
constexpr std::size_t coins_each = 100;
/// Satoshi, of a transaction of some 150 virtual bytes; and of one with many outputs.
constexpr u64 usual_fee = 2'000;
constexpr u64 split_fee = 100'000;

class Traffic {
 public:
  Traffic(DevnetNetwork& network, const TrafficPlan& plan) : network_(network), plan_(plan) {
    for (std::size_t i = 0; i < network.nodes().size(); ++i)
      wallets_.emplace_back(crypto::Secret<32>(fresh_seed().bytes));
  }

  bool run() { return start() && make_coins() && put_load() && settle() && report(); }

 private:
  bool start();
  /// Every wallet gets a coinbase, which it splits once it is mature.
  bool make_coins();
  bool put_load();
  bool settle();
  bool report();

  bool mine(u64 blocks, const Buffer& script);
  bool send(std::size_t node, Bytes tx);
  bool send_next();
  /// The ids of all transactions of the blocks that `node` has, but coinbases and what was sent before the load.
  std::set<Hash> confirmed(std::size_t node);
  std::set<std::string> digests();

  DevnetNetwork& network_;
  TrafficPlan plan_;
  std::deque<bitcoin::Wallet> wallets_;
  /// Of the load.
  std::set<Hash> sent_;
  u32 loaded_above_ = 0;
  u32 height_ = 0;
  std::chrono::duration<double> took_{};
  u64 waiting_ = 0;
};

bool Traffic::start() {
  network_.begin_clock();
  auto& nodes = network_.nodes();
  const auto& known = network_.states()[devnet_bootstrap];
  const auto begin = [&](std::size_t i, std::vector<std::string> wires) {
    std::vector<std::string> bootstrap;
    std::ranges::copy_if(known.listens, std::back_inserter(bootstrap), [&](const std::string& address) {
      const auto at = codec::parse_address(address);
      return at && std::ranges::find(wires, at->wire) != wires.end();
    });
    nodes[i].speak(std::move(wires));
    return nodes[i].start(chain_name, bootstrap) || network_.fail("node " + std::to_string(i) + " cannot be started");
  };
  if (!begin(devnet_bootstrap, plan_.wires) || !network_.wait("starting", [&] { return known.answers; })) return false;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i == devnet_bootstrap) continue;
    if (!begin(i, plan_.bridge ? std::vector{plan_.wires[i % plan_.wires.size()]} : plan_.wires)) return false;
  }
  return network_.wait("meeting", [&] {
    return network_.all([](const NodeState& state) { return state.answers && state.peers_in + state.peers_out > 0; });
  });
}

bool Traffic::mine(u64 blocks, const Buffer& script) {
  auto& node = network_.nodes()[0];
  const auto begun = node.ask("mine", {{"blocks", blocks}, {"script", to_hex(script)}});
  if (!begun) return network_.fail("a block was not made: " + begun.error());
  for (const auto until = Clock::now() + mining_patience; Clock::now() < until;) {
    const auto state = node.ask("mining", begun->as_object());
    if (!state) return network_.fail("a block was not made: " + state.error());
    if (!state->as_object().contains("event")) return height_ += static_cast<u32>(blocks), true;
  }
  return network_.fail("a block was not made in time");
}

bool Traffic::send(std::size_t node, Bytes tx) {
  const auto done = network_.nodes()[node].ask("tx_send", {{"hex", to_hex(tx)}});
  return done || network_.fail("node " + std::to_string(node) + " did not take a transaction: " + done.error());
}

bool Traffic::make_coins() {
  network_.set_stage("mining coins");
  for (const auto& wallet : wallets_)
    if (!mine(1, wallet.script())) return false;
  if (!mine(bitcoin::coinbase_maturity, bitcoin::Wallet(crypto::Secret<32>(fresh_seed().bytes)).script())) return false;
  for (std::size_t i = 0; i < wallets_.size(); ++i) {
    const auto hex = network_.nodes()[0].block_hex(std::to_string(i + 1));
    const auto bytes = hex ? from_hex(*hex) : std::nullopt;
    const auto block = bytes ? bitcoin::read_block(*bytes) : fail(Fault::malformed, "block");
    if (!block) return network_.fail("a block that was made is not there");
    const auto& coinbase = block->txs[0];
    wallets_[i].take(bitcoin::outpoint(coinbase.id, 0), coinbase.values[0]);
    if (!send(0, *wallets_[i].pay(split_fee, coins_each))) return false;
  }
  if (!mine(1, wallets_[0].script())) return false;
  loaded_above_ = height_;
  return network_.wait("syncing",
                       [&] { return network_.all([&](const NodeState& state) { return state.height >= height_; }); });
}

bool Traffic::send_next() {
  const auto node = sent_.size() % wallets_.size();
  const auto tx = wallets_[node].pay(usual_fee);
  if (!tx) return network_.fail("a wallet is empty");
  Reader in(*tx);
  sent_.insert(bitcoin::read_tx(in).id);
  return send(node, *tx);
}

bool Traffic::put_load() {
  const auto began = Clock::now();
  const u64 all = plan_.rate * plan_.seconds;
  u64 blocks = 0;
  auto looked = began;
  while (sent_.size() < all && !DevnetNetwork::interrupted()) {
    const auto since = Clock::now() - began;
    // The last transactions find no block, so that mempools are compared that hold something.
    const bool late = sent_.size() + plan_.rate > all;
    if (since >= block_every * (blocks + 1) && !late) {
      if (!mine(1, wallets_[0].script())) return false;
      ++blocks;
    } else if (since * plan_.rate >= std::chrono::seconds(1) * sent_.size()) {
      if (!send_next()) return false;
    } else {
      std::this_thread::sleep_until(Clock::now() + std::chrono::milliseconds(1));
    }
    if (Clock::now() - looked < devnet_look_every) continue;
    looked = Clock::now();
    network_.set_stage(fmt::format("{} of {} sent", sent_.size(), all));
    if (!network_.look()) return false;
  }
  took_ = Clock::now() - began;
  return !DevnetNetwork::interrupted();
}

std::set<std::string> Traffic::digests() {
  std::set<std::string> out;
  u64 sum = 0;
  for (auto& node : network_.nodes()) {
    const auto pool = node.ask("mempool");
    if (!pool) return {"one does not answer", "others"};
    const auto& object = pool->as_object();
    out.emplace(std::string(object.at("tip").as_string()) + std::string(object.at("digest").as_string()));
    sum += object.at("transactions").to_number<u64>();
  }
  waiting_ = sum / network_.nodes().size();
  return out;
}

bool Traffic::settle() {
  return network_.wait("settling", [&] { return digests().size() == 1; }, [&] { return waiting_; });
}

std::set<Hash> Traffic::confirmed(std::size_t node) {
  std::set<Hash> out;
  for (u32 height = loaded_above_ + 1; height <= height_; ++height) {
    const auto hex = network_.nodes()[node].block_hex(std::to_string(height));
    const auto bytes = hex ? from_hex(*hex) : std::nullopt;
    const auto block = bytes ? bitcoin::read_block(*bytes) : fail(Fault::malformed, "block");
    if (!block) continue;
    for (std::size_t i = 1; i < block->txs.size(); ++i) out.insert(block->txs[i].id);
  }
  return out;
}

bool Traffic::report() {
  network_.draw_last();
  const auto in_blocks = confirmed(network_.nodes().size() - 1);
  std::size_t found = 0;
  for (const auto& id : sent_)
    found += in_blocks.contains(id) || network_.nodes().back().ask("tx_get", {{"id", to_display(id)}}).has_value();
  const auto& tip = network_.states()[0];
  const auto agree = std::ranges::count_if(network_.states(), [&](const auto& state) { return state.tip == tip.tip; });
  std::string wires;
  for (const auto& wire : plan_.wires) wires += (wires.empty() ? "" : plan_.bridge ? " and " : ",") + wire;
  fmt::print(
      "{}/{} nodes at {} {}… over {} · {} transactions at {:.0f}/s, {} in blocks, {} in each of the mempools, {} "
      "lost\n",
      agree, network_.nodes().size(), tip.height, tip.tip.substr(0, 16), wires, sent_.size(),
      static_cast<double>(sent_.size()) / took_.count(), in_blocks.size(), waiting_, sent_.size() - found);
  std::fflush(stdout);
  if (found != sent_.size()) return network_.fail("transactions were lost");
  if (in_blocks.empty() || waiting_ == 0) return network_.fail("blocks or mempools are empty: nothing was compared");
  return agree == static_cast<std::ptrdiff_t>(network_.nodes().size()) || network_.fail("the nodes do not agree");
}

}  // namespace

bool devnet_traffic(DevnetNetwork& network, const TrafficPlan& plan) { return Traffic(network, plan).run(); }

}  // namespace kith::app
