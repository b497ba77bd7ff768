// `bench spacemesh`: gossip of 256 bytes among ten whole nodes in one process over the wire of the original, beside ten
// real nodes of it in theirs, one after the other and again; and three thousand messages at once.
#include <array>
#include <atomic>
#include <cstdio>
#include <memory>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/check.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"
#include "crypto/hash.hpp"
#include "figures.hpp"
#include "nodes/node.hpp"
#include "shell/memory.hpp"
#include "spacemesh/gossip.hpp"
#include "spacemesh/port.hpp"

namespace kith::bench {
namespace {

constexpr std::size_t nodes = 10;
/// Each node dials so many, the next ones round the ring, and is dialled by as many.
constexpr std::size_t dials = 4;
constexpr std::size_t size = 256;
constexpr std::size_t messages = 1000;
constexpr std::size_t window = 16;
constexpr std::size_t burst = 3000;
constexpr int rounds = 5;
constexpr const char* kind_name = "bench";

/// Good if it is there: as the real nodes are told to judge.
core::Kind kind() {
  core::Kind out{kind_name, size, Priority::item,
                 [](Bytes body, Utc) -> Result<core::Examined> {
                   return core::Examined{take_array<20>(crypto::sha256(body)), std::nullopt};
                 },
                 [](Bytes) { return Verdict::accept; }};
  out.proves_itself = true;
  return out;
}

/// Counts the items that go over links.
class Counted : public spacemesh::Gossip {
 public:
  explicit Counted(std::atomic<u64>& came) : Gossip({spacemesh::spoken(kind_name)}), came_(came) {}
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override {
    came_.fetch_add(1, std::memory_order_relaxed);
    Gossip::on_message(turn, peer, message);
  }

 private:
  std::atomic<u64>& came_;
};

class Swarm {
 public:
  Swarm() {
    for (std::size_t i = 0; i < nodes; ++i) nodes_.push_back(std::make_unique<Node>(settings(i + 1)));
    for (std::size_t i = 0; i < nodes; ++i)
      for (std::size_t step = 1; step <= dials; ++step) nodes_[i]->connect(nodes_[(i + step) % nodes]->address());
    watch_.until([&] { return up_ == 2 * nodes * dials; }, "all connections");
  }

  /// Publishes `count` messages at one node after the other, at most `flight` of them under way, until all have all.
  void run(std::size_t count, std::size_t flight) {
    const u64 first = next_;
    next_ += count;
    taken_ = std::vector<std::size_t>(count);
    first_ = first;
    done_ = 0;
    for (u64 i = 0; i < count; ++i) {
      watch_.until([&] { return i - done_ < flight; }, "messages that arrive");
      nodes_[i % nodes]->command([number = first + i](core::Host& host, core::Turn& turn) {
        Buffer body;
        Writer(body).u64be(number).zeros(size - 8);
        check(host.publish_item(turn, 0, Body(std::move(body))).has_value(), "an own item");
      });
    }
    watch_.until([&] { return done_ == count; }, "all messages");
  }
  u64 came() const { return came_; }
  std::size_t lost() const { return lost_; }

 private:
  NodeSettings settings(u64 seed) {
    const auto key = take_array<32>(crypto::sha256(Buffer{static_cast<u8>(seed)}));
    return {.seed = seed,
            .word = std::string(spacemesh::wire_word),
            .adapt =
                [key](core::HostConfig& config) {
                  config.neighbours[0].proves_ids = false;
                  config.neighbours[0].id = PeerId{key};
                },
            .kinds = {kind()},
            .protocols =
                [this] {
                  Protocols out;
                  out.push_back(std::make_unique<Counted>(came_));
                  return out;
                },
            .on_event = [this](const core::Event& event) { heard(event); },
            .port =
                [key](auto) {
                  return std::make_unique<spacemesh::Port>(
                      spacemesh::PortConfig{.key = key, .kinds = {gossip::tag_of(kind_name)}});
                }};
  }
  void heard(const core::Event& event) {
    if (std::holds_alternative<core::PeerUp>(event)) watch_.change([&] { ++up_; });
    if (std::holds_alternative<core::PeerDown>(event)) ++lost_;
    const auto* item = std::get_if<core::ItemAccepted>(&event);
    if (!item) return;
    const u64 number = Reader(item->item.body.bytes()).u64be();
    // Most of the news changes nothing for the one who waits.
    const std::lock_guard lock(count_);
    if (++taken_[number - first_] == nodes) watch_.change([&] { ++done_; });
  }

  Watch watch_;
  std::mutex count_;
  std::atomic<u64> came_ = 0;
  std::atomic<std::size_t> lost_ = 0;
  std::size_t up_ = 0;
  std::size_t done_ = 0;
  u64 next_ = 0;
  u64 first_ = 0;
  std::vector<std::size_t> taken_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

/// What the real nodes print of a run.
boost::json::object original(const std::string& program, const std::string& options) {
  const auto command = fmt::format("{} -bench-nodes {} -degree 5 -payload {} {}", program, nodes, size, options);
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  check(pipe != nullptr, "the original's program");
  std::string out;
  std::array<char, 4096> bytes;
  while (const auto count = std::fread(bytes.data(), 1, bytes.size(), pipe.get())) out.append(bytes.data(), count);
  // The last line is the run's.
  const auto end = out.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const auto start = out.rfind('\n', end);
  return boost::json::parse(out.substr(start == std::string::npos ? 0 : start + 1, end - (start + 1) + 1)).as_object();
}

int run(const std::string& program) {
  std::vector<double> ours;
  std::vector<double> theirs;
  Swarm swarm;
  swarm.run(200, window);
  for (int round = 0; round < rounds; ++round) {
    const double begun = cpu_seconds();
    const u64 came = swarm.came();
    swarm.run(messages, window);
    const auto sends = static_cast<double>(swarm.came() - came);
    ours.push_back((cpu_seconds() - begun) * 1e6 / sends);
    say(fmt::format("kith: {:.1f} CPU microseconds a send, {:.2f} sends a delivery", ours.back(),
                    sends / static_cast<double>(messages * (nodes - 1))));
    if (program.empty()) continue;
    const auto run = original(program, fmt::format("-messages {} -window {}", messages, window));
    if (!run.contains("cpu_us_per_send")) continue;
    theirs.push_back(run.at("cpu_us_per_send").to_number<double>());
    say(fmt::format("original: {:.1f} CPU microseconds a send", theirs.back()));
  }
  const auto begun = std::chrono::steady_clock::now();
  swarm.run(burst, burst);
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  say(fmt::format("kith: {} messages at once: all at all {} nodes after {:.2f} s, {} connections lost", burst, nodes,
                  seconds, swarm.lost()));
  std::string beside = "original 43-67 on 2026-11-21";
  double goal = 43.0 / 3;
  if (!theirs.empty()) {
    const double median_of_theirs = median(theirs);
    goal = median_of_theirs / 3;
    beside = fmt::format("original {:.1f} in this run", median_of_theirs);
    const auto flood = original(program, fmt::format("-burst {}", burst));
    if (flood.contains("never_completed"))
      say(fmt::format("original: {} messages at once: {} never complete, {} connections lost", burst,
                      flood.at("never_completed").to_number<i64>(), flood.at("peers_lost").to_number<i64>()));
  }
  return print_table({{"CPU per link send of 256 bytes, 10 nodes", "us", median(ours), goal, Better::less, beside},
                      {"connections lost in a burst of 3,000", "", static_cast<double>(swarm.lost()), 0}})
             ? 0
             : 1;
}

}  // namespace
}  // namespace kith::bench

int main(int count, char** words) {
  kith::shell::keep_pages_of_large_messages();
  if (count > 2) {
    fmt::print(stderr, "usage: kith_bench_spacemesh [PROGRAM OF THE ORIGINAL]\nExample: ./dev bench spacemesh\n");
    return 2;
  }
  return kith::bench::run(count == 2 ? words[1] : "");
}
