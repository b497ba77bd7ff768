// `bench sim`: how many events a CPU second carries and how much memory a node takes, with whole hosts whose messages
// travel by reference. An event is one thing that happens to a node: what the simulator takes from its queue.
#include <cstdlib>

#include <fmt/format.h>
#include <malloc.h>

#include "base/check.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"
#include "figures.hpp"
#include "sim/blocks.hpp"
#include "sim/report.hpp"
#include "sim/swarm.hpp"

namespace kith::bench {
namespace {

constexpr u64 seed = 7;
constexpr Duration switched_on_within = 10s;
constexpr Duration forms = 120s;
constexpr Duration item_every = 200ms;
constexpr Duration block_every = 20s;
constexpr std::size_t item_size = 256;
/// So seldom that books stay small: they are not what is measured, and ten thousand of ten thousand fit into no memory.
constexpr Duration addresses_every = 1h;

/// Items that are what their first bytes say: what a simulation costs, and not what a signature costs.
core::Kind note_kind() {
  const auto examine = [](Bytes body, Utc) -> Result<core::Examined> {
    Reader in(body);
    core::Examined out{.hash = in.array<20>(), .date = std::nullopt};
    return in.ok() ? Result<core::Examined>(out) : fail(Fault::malformed, "note");
  };
  return {"note", 1024, Priority::item, examine, [](Bytes) { return Verdict::accept; }};
}

void publish(sim::Network& network) {
  Buffer note = to_buffer(network.rng().bytes<20>());
  note.resize(item_size);
  const auto at = static_cast<sim::NodeIndex>(network.rng().below(network.size()));
  const auto published = network.command(
      at, [&](core::Host& host, core::Turn& turn) { return host.publish_item(turn, 0, Body(std::move(note))); });
  check(published.has_value(), "an own item");
}

double heap_bytes() {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

/// Mean heap bytes of a node's book: of some, by making copies of them.
double book_bytes(const sim::Network& network) {
  std::vector<peers::PeerBook> copies;
  const std::size_t step = std::max<std::size_t>(1, network.size() / 50);
  copies.reserve(network.size() / step + 1);
  const double before = heap_bytes();
  for (sim::NodeIndex node = 0; node < network.size(); node += static_cast<sim::NodeIndex>(step))
    copies.push_back(network.host(node).neighbours()[0].book());
  return (heap_bytes() - before) / static_cast<double>(copies.size());
}

double links_of_a_node(const sim::Network& network) {
  std::size_t out = 0;
  for (sim::NodeIndex node = 0; node < network.size(); ++node) out += network.host(node).connections().rows().size();
  return static_cast<double>(out) / static_cast<double>(network.size());
}

/// `watched` is how long the swarm carries items once it has formed.
void run(std::vector<Figure>& out, std::size_t nodes, Duration watched, double goal) {
  const double before = heap_bytes();
  sim::Network network(seed, {.fidelity = sim::Fidelity::messages});
  sim::NodeSpec spec;
  spec.kinds = {note_kind()};
  spec.pace.addresses = addresses_every;
  add_swarm(network, nodes, spec);
  const double forming = cpu_seconds();
  start_all(network, switched_on_within);
  network.run_for(forms);
  const double formed = cpu_seconds() - forming;
  const u64 happened = network.happenings();
  const double size = (heap_bytes() - before) / static_cast<double>(nodes);
  const double book = book_bytes(network);
  const double links = links_of_a_node(network);
  say(
      fmt::format("{} nodes: formed with {} events, {:.3g} a CPU second; {:.1f} links and {:.0f} heap bytes a node, "
                  "{:.0f} of them its book",
                  nodes, happened, static_cast<double>(happened) / formed, links, size, book));

  u64 items = 0;
  const double begun = cpu_seconds();
  for (Duration at{0}; at < watched; at += item_every, ++items) {
    publish(network);
    if (at % block_every == 0s)
      check(sim::mine(network, static_cast<sim::NodeIndex>(items % nodes)).has_value(), "an own block");
    network.run_for(item_every);
  }
  const double used = cpu_seconds() - begun;
  const auto events = static_cast<double>(network.happenings() - happened);
  say(fmt::format(
      "{} nodes: {} items and some blocks in {} s: {:.0f} events in {:.2f} CPU seconds, {:.3g} a CPU second; digest {}",
      nodes, items, watched / 1s, events, used, events / used, to_hex(network.digest())));
  out.push_back({fmt::format("events per CPU second, {} nodes", nodes), "1/s", events / used, goal, Better::more});
  out.push_back({fmt::format("bytes of a node beside its book, {} nodes, {:.1f} links", nodes, links), "B", size - book,
                 4000 + 512 * links});
}

}  // namespace
}  // namespace kith::bench

int main(int count, char** words) {
  using namespace kith::bench;
  std::vector<Figure> figures;
  say("events are what the simulator takes from its queue; whole hosts, messages by reference");
  const std::size_t only = count > 1 ? std::strtoul(words[1], nullptr, 10) : 0;
  if (only == 0 || only == 1000) run(figures, 1000, std::chrono::seconds(60), 1e6);
  if (only == 0 || only == 10'000) run(figures, 10'000, std::chrono::seconds(10), 5e5);
  return print_table(figures) ? 0 : 1;
}
