// The stages of a heavy devnet: a whole network, quiet pings, the load, and the figures beside their limits.
#include "app/devnet_heavy.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "app/devnet_load.hpp"
#include "app/links.hpp"
#include "app/transactions.hpp"
#include "base/check.hpp"
#include "codec/multiaddr.hpp"
#include "shell/file.hpp"

namespace kith::app {
namespace {

namespace json = boost::json;
using Clock = DevnetNetwork::Clock;

constexpr auto block_every = std::chrono::seconds(2);
/// How long pings are measured before the load.
constexpr auto quiet_for = std::chrono::seconds(8);
constexpr const char* ping_every_ms = "250";
/// No ping under load may wait longer than so many times what the slowest in a hundred did without.
constexpr i64 most_times_idle = 3;
/// Bytes that a node may send, on average, per byte of the bodies, in percent.
constexpr u64 most_percent_sent = 150;
constexpr u64 dice_seed = 7;

class Heavy {
 public:
  Heavy(DevnetNetwork& network, Load load)
      : network_(network), load_(std::move(load)), links_({}, network.nodes().size()), heard_(network.nodes().size()) {}

  bool run() { return start() && listen_quietly() && put_load() && report(); }

 private:
  /// What one node told so far.
  struct Heard {
    u64 events = 0;
    u64 pings = 0;
    std::set<std::string> items;
    std::set<std::string> refused;
    std::vector<i64> round_trips;
  };

  bool start();
  bool listen_quietly();
  bool put_load();
  bool report();

  std::string address(std::size_t node, const Ip& ip) const;
  std::vector<std::string> arguments() const;
  /// Fetches what all nodes told since the last time.
  bool listen();
  bool listen_to(std::size_t node);
  bool publish_tx(std::size_t number);
  std::vector<i64> take_round_trips();

  DevnetNetwork& network_;
  Load load_;
  Links links_;
  Rng rng_ = Rng::seeded(dice_seed);
  std::vector<Heard> heard_;
  std::vector<i64> quiet_;
  std::vector<u64> sent_before_;
  Clock::time_point loaded_at_{};
  std::chrono::duration<double> took_{};
};

std::string Heavy::address(std::size_t node, const Ip& ip) const {
  return "/ip4/" + to_text(ip) + "/tcp/" + std::to_string(links_.port(node)) + "/lean";
}

std::vector<std::string> Heavy::arguments() const {
  const auto& anchor = load_.anchor;
  return {"--anchor",     fmt::format("{}:{}:{:x}:{}", anchor.height, to_display(anchor.id), anchor.bits, anchor.time),
          "--coins",      (network_.directory() / "coins.txt").string(),
          "--ping-every", ping_every_ms};
}

bool Heavy::start() {
  network_.begin_clock();
  const auto coins = load_.coins.to_text();
  if (!shell::write_atomically(network_.directory() / "coins.txt", as_bytes(coins)))
    return network_.fail("the directory " + network_.directory().string() + " cannot be written");
  auto& nodes = network_.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (links_.port(i) == 0) return network_.fail("no port is free on " + to_text(Links::before(i)));
    std::vector<std::string> bootstrap;
    if (i > 0) bootstrap.push_back(address(0, Links::before(0)) + "/p2p/" + network_.states()[0].id);
    nodes[i].listen_on(address(i, Links::behind(i)));
    if (!nodes[i].start("mainnet", bootstrap, arguments()))
      return network_.fail("node " + std::to_string(i) + " cannot be started");
    if (i == 0 && !network_.wait("starting", [&] { return network_.states()[0].answers; })) return false;
  }
  return network_.wait("meeting", [&] {
    return network_.all([&](const NodeState& state) { return state.peers_in + state.peers_out + 1 >= nodes.size(); });
  });
}

bool Heavy::listen_quietly() {
  if (!listen()) return false;
  take_round_trips();
  network_.set_stage("quiet pings");
  for (const auto until = Clock::now() + quiet_for; Clock::now() < until && !DevnetNetwork::interrupted();) {
    std::this_thread::sleep_until(Clock::now() + devnet_look_every);
    if (!network_.look()) return false;
  }
  if (!listen()) return false;
  quiet_ = take_round_trips();
  return !quiet_.empty() || network_.fail("nobody pinged");
}

bool Heavy::publish_tx(std::size_t number) {
  // A transaction, then its twin, each at a node of its own.
  const auto& tx = load_.txs[number / 2];
  auto& node = network_.nodes()[rng_.below(network_.nodes().size())];
  const auto done =
      node.ask("publish", {{"kind", transactions_kind}, {"hex", to_hex(number % 2 == 0 ? tx.tx : tx.flipped)}});
  return done || network_.fail("a transaction was not taken: " + done.error());
}

bool Heavy::put_load() {
  sent_before_ = links_.sent();
  loaded_at_ = Clock::now();
  const auto lasts = block_every * load_.blocks.size();
  std::size_t block = 0;
  std::size_t tx = 0;
  while (block < load_.blocks.size() || tx < 2 * load_.txs.size()) {
    const auto since = Clock::now() - loaded_at_;
    if (block < load_.blocks.size() && since >= block_every * block) {
      network_.set_stage(fmt::format("block {}/{}", block + 1, load_.blocks.size()));
      if (const auto done = network_.nodes()[0].publish_block(load_.blocks[block++]); !done)
        return network_.fail("a block was not taken: " + done.error());
    } else if (tx < 2 * load_.txs.size() && since * 2 * load_.txs.size() >= lasts * tx) {
      if (!publish_tx(tx++)) return false;
    } else {
      std::this_thread::sleep_until(Clock::now() + std::chrono::milliseconds(1));
    }
    if (DevnetNetwork::interrupted()) return false;
    if (tx % 32 == 0 && !(network_.look() && listen())) return false;
  }
  const auto top = load_.anchor.height + load_.blocks.size();
  const auto taken = [&] {
    u64 sum = 0;
    for (const auto& heard : heard_) sum += heard.items.size();
    return sum;
  };
  const auto done = [&] {
    if (!listen()) return true;
    network_.set_stage(fmt::format("settling {}/{}", taken(), heard_.size() * load_.txs.size()));
    return taken() == heard_.size() * load_.txs.size() &&
           network_.all([&](const NodeState& state) { return state.height >= top; });
  };
  const bool settled = network_.wait("settling", done, taken);
  took_ = Clock::now() - loaded_at_;
  return settled && network_.failure().empty();
}

bool Heavy::listen() {
  for (std::size_t i = 0; i < heard_.size(); ++i)
    if (!listen_to(i)) return network_.fail("node " + std::to_string(i) + " does not tell what happened");
  return true;
}

bool Heavy::listen_to(std::size_t node) {
  auto& heard = heard_[node];
  const auto news = [&](const char* method, u64& last) {
    auto answer = network_.nodes()[node].ask(method, {{"since", last}});
    if (!answer) return json::array{};
    auto& told = answer->as_object();
    last = told.at("last").to_number<u64>();
    return told.at("events").as_array();
  };
  const u64 before = heard.events;
  const auto events = news("events", heard.events);
  // None may have fallen off the end of what the node keeps.
  if (events.size() != heard.events - before) return false;
  for (const auto& each : events) {
    const auto& event = each.as_object();
    const auto& what = event.at("event").as_string();
    if (what != "item" && what != "item_refused") continue;
    (what == "item" ? heard.items : heard.refused).emplace(event.at("hash").as_string());
  }
  for (const auto& each : news("pings", heard.pings))
    heard.round_trips.push_back(each.as_object().at("us").to_number<i64>());
  return true;
}

std::vector<i64> Heavy::take_round_trips() {
  std::vector<i64> out;
  for (auto& heard : heard_) {
    out.insert(out.end(), heard.round_trips.begin(), heard.round_trips.end());
    heard.round_trips.clear();
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool Heavy::report() {
  const auto loaded = take_round_trips();
  const i64 idle = percentile(quiet_, 99);
  const i64 longest = loaded.empty() ? 0 : loaded.back();
  u64 bodies = 0;
  for (const auto& block : load_.blocks) bodies += block.size();
  for (const auto& tx : load_.txs) bodies += tx.tx.size();
  const auto sent = links_.sent();
  u64 sum = 0;
  u64 most = 0;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    sum += sent[i] - sent_before_[i];
    most = std::max(most, sent[i] - sent_before_[i]);
  }
  const u64 mean = sum / sent.size();
  std::size_t spread = 0;
  std::size_t refused = 0;
  for (const auto& heard : heard_) {
    for (const auto& tx : load_.txs) {
      spread += heard.items.contains(to_hex(tx.flipped_hash));
      refused += heard.refused.contains(to_hex(tx.flipped_hash));
    }
  }
  network_.draw_last();
  const auto ratio = [&](u64 bytes) { return static_cast<double>(bytes) / static_cast<double>(bodies); };
  fmt::print("links of 20 Mbit/s and 20 ms each way; {} blocks and {} transactions, {:.1f} MB, spread in {:.1f} s\n",
             load_.blocks.size(), load_.txs.size(), static_cast<double>(bodies) / 1e6, took_.count());
  fmt::print("pings: idle p50 {:.1f} p99 {:.1f} ms of {}; under load p50 {:.1f} p99 {:.1f} longest {:.1f} ms of {}\n",
             static_cast<double>(percentile(quiet_, 50)) / 1e3, static_cast<double>(idle) / 1e3, quiet_.size(),
             static_cast<double>(percentile(loaded, 50)) / 1e3, static_cast<double>(percentile(loaded, 99)) / 1e3,
             static_cast<double>(longest) / 1e3, loaded.size());
  fmt::print("spoilt transactions: {} refused where they were published, {} passed on\n", refused, spread);
  const auto& tip = network_.states()[0];
  const auto agree = std::count_if(network_.states().begin(), network_.states().end(),
                                   [&](const NodeState& state) { return state.tip == tip.tip; });
  fmt::print(
      "{}/{} nodes at {} {}… with all {} transactions · longest ping {:.1f} × idle p99 (limit {}) · sent per node "
      "{:.2f} × the bodies (limit 1.5), most {:.2f} ×\n",
      agree, sent.size(), tip.height, tip.tip.substr(0, 16), load_.txs.size(),
      static_cast<double>(longest) / static_cast<double>(idle), most_times_idle, ratio(mean), ratio(most));
  std::fflush(stdout);
  if (agree != static_cast<std::ptrdiff_t>(sent.size())) return network_.fail("the nodes do not agree");
  if (spread != 0 || refused != load_.txs.size()) return network_.fail("spoilt transactions were not all refused");
  if (longest > most_times_idle * idle) return network_.fail("a ping waited too long");
  if (mean * 100 > most_percent_sent * bodies) return network_.fail("the nodes sent too much");
  return true;
}

}  // namespace

bool devnet_heavy(DevnetNetwork& network, const HeavyFiles& files) {
  Rng rng = Rng::seeded(dice_seed);
  auto load = read_load(files.blocks, files.transactions, files.spent, rng);
  if (!load) return network.fail(load.error());
  return Heavy(network, std::move(*load)).run();
}

}  // namespace kith::app
