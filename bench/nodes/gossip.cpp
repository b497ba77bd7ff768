// Twenty whole nodes in one process, a thread each, every one with eight neighbours: what an item costs until all
// have it.
#include <array>
#include <atomic>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/reader.hpp"
#include "lean/envelope.hpp"
#include "lean/mount.hpp"
#include "nodes/counting.hpp"
#include "nodes/node.hpp"
#include "nodes/parts.hpp"

namespace kith::bench {
namespace {

constexpr std::size_t nodes = 20;
/// Each node dials so many, the next ones round the ring, and is dialled by as many.
constexpr std::size_t dials = 4;
constexpr std::size_t large = 1 << 20;

class Swarm {
 public:
  Swarm() {
    for (std::size_t i = 0; i < nodes; ++i) authors_.push_back(identity_of(i + 1));
    for (std::size_t i = 0; i < nodes; ++i)
      nodes_.push_back(std::make_unique<Node>(NodeSettings{
          .seed = i + 1,
          .kinds = kinds(),
          .protocols = [] { return lean::protocols({.ping = 10min, .addresses = 10min}, false); },
          .on_event = [this](const core::Event& event) { heard(event); },
          .port = [this](auto port) { return std::make_unique<CountingPort>(std::move(port), sent_); },
      }));
    for (std::size_t i = 0; i < nodes; ++i)
      for (std::size_t step = 1; step <= dials; ++step) nodes_[i]->connect(nodes_[(i + step) % nodes]->address());
    watch_.until([&] { return up_ == 2 * nodes * dials; }, "all connections");
  }

  /// Publishes `count` items of `size` bytes at one node after the other, at most `flight` of them under way.
  void run(std::size_t count, std::size_t size, std::size_t flight) {
    taken_ = std::vector<std::size_t>(count);
    done_ = 0;
    for (u64 i = 0; i < count; ++i) {
      watch_.until([&] { return i - done_ < flight; }, "items that arrive");
      publish(i, size);
    }
    watch_.until([&] { return done_ == count; }, "all items");
  }
  u64 sent() const { return sent_; }

 private:
  static std::vector<core::Kind> kinds() {
    return {lean::authored("bench", large, Priority::item, network_id(), [](const auto&) { return Verdict::accept; })};
  }
  void publish(u64 number, std::size_t size) {
    const std::size_t at = number % nodes;
    nodes_[at]->command([author = &authors_[at], number, size](core::Host& host, core::Turn& turn) {
      lean::Envelope note{
          .author = {}, .version = 1, .time = turn.utc, .protocol = "bench", .type = 1, .payload = {}, .signature = {}};
      note.payload.resize(size);
      for (std::size_t i = 0; i < 8; ++i) note.payload[i] = static_cast<u8>(number >> (56 - 8 * i));
      lean::sign_envelope(note, *author, network_id());
      check(host.publish_item(turn, 0, Body(lean::encode_envelope(note))).has_value(), "an own item");
    });
  }
  void heard(const core::Event& event) {
    if (std::holds_alternative<core::PeerUp>(event)) watch_.change([&] { ++up_; });
    check(!std::holds_alternative<core::PeerBlamed>(event), "nobody to blame");
    const auto* item = std::get_if<core::ItemAccepted>(&event);
    if (!item) return;
    const auto note = lean::decode_envelope(item->item.body.bytes(), large);
    const u64 number = Reader(note->payload).u64be();
    // Most of the news changes nothing for the one who waits.
    const std::lock_guard lock(count_);
    if (++taken_[number] == nodes) watch_.change([&] { ++done_; });
  }

  Watch watch_;
  std::mutex count_;
  std::atomic<u64> sent_ = 0;
  std::size_t up_ = 0;
  std::size_t done_ = 0;
  std::vector<std::size_t> taken_;
  std::vector<crypto::Identity> authors_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

struct Cost {
  double cpu_micros = 0;
  double bytes = 0;
};

/// Of one delivery: an item at one of the nodes that did not publish it.
Cost cost(Swarm& swarm, std::size_t count, std::size_t flight) {
  const double begun = cpu_seconds();
  const u64 sent = swarm.sent();
  swarm.run(count, 256, flight);
  const double deliveries = static_cast<double>(count * (nodes - 1));
  return {(cpu_seconds() - begun) * 1e6 / deliveries, static_cast<double>(swarm.sent() - sent) / deliveries};
}

void small_items(Figures& out, Swarm& swarm, std::size_t flight, std::size_t count, double goal, const char* peers) {
  std::vector<double> micros;
  std::vector<double> bytes;
  for (int round = 0; round < 5; ++round) {
    const auto [cpu, size] = cost(swarm, count, flight);
    micros.push_back(cpu);
    bytes.push_back(size);
    say(fmt::format(
        "gossip: 256 signed bytes, {} under way: {:.1f} CPU microseconds and {:.0f} bytes sent per delivery", flight,
        cpu, size));
  }
  out.push_back({fmt::format("CPU per delivery of 256 signed bytes, {} under way", flight), "us", median(micros), goal,
                 Better::less, peers});
  out.push_back({fmt::format("wire bytes per delivery, {} under way", flight), "B", median(bytes), 1400});
}

}  // namespace

void gossip(Figures& out) {
  say(fmt::format("gossip: {} nodes in one process, a loop and a worker thread each, {} neighbours each", nodes,
                  2 * dials));
  Swarm swarm;
  swarm.run(200, 256, 20);
  small_items(out, swarm, 100, 2000, 75, "go-libp2p 166, rust-libp2p 401, both with 16");
  small_items(out, swarm, 1, 300, 125, "");
  std::vector<double> millis;
  swarm.run(2, large, 1);
  for (int i = 0; i < 25; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    const double cpu = cpu_seconds();
    swarm.run(1, large, 1);
    millis.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count());
    say(fmt::format("gossip: 1 MiB to the {} others in {:.1f} ms, {:.1f} ms of CPU", nodes - 1, millis.back(),
                    1000 * (cpu_seconds() - cpu)));
  }
  out.push_back({fmt::format("1 MiB to {} others, p50", nodes - 1), "ms", median(millis), 80, Better::less,
                 "go-libp2p 153, rust-libp2p 448"});
}

}  // namespace kith::bench
