// The stages, in their order.
#include "app/devnet_chain.hpp"

#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "app/node.hpp"
#include "base/reader.hpp"

namespace kith::app {
namespace {

constexpr auto release_every = std::chrono::milliseconds(200);
constexpr std::size_t max_blocks_file = std::size_t{512} << 20;
/// Magic and size of a record.
constexpr std::size_t record_head = 8;

/// The records of a block file: each is magic, size, block.
Result<std::vector<Bytes>> split(Bytes file) {
  std::vector<Bytes> out;
  Reader in(file);
  while (in.left() > 0) {
    const auto start = in.left();
    in.u32le();
    in.take(in.u32le());
    if (!in.ok()) return fail(Fault::malformed, "block file");
    out.push_back(file.subspan(file.size() - start, start - in.left()));
  }
  return out;
}

bool all_at(DevnetNetwork& network, std::size_t height) {
  return network.all([&](const NodeState& state) { return state.height >= height; });
}

}  // namespace

std::expected<DevnetChain, std::string> DevnetChain::read(const std::string& file) {
  DevnetChain out;
  auto bytes = shell::read_file(file, max_blocks_file);
  if (!bytes)
    return std::unexpected(file + " cannot be read: --blocks names a file of blocks as Bitcoin Core keeps them");
  out.file_ = std::move(*bytes);
  auto records = split(out.file_);
  if (!records || records->size() <= devnet_released)
    return std::unexpected(file + " holds no chain of more than " + std::to_string(devnet_released) + " blocks");
  out.records_ = std::move(*records);
  return out;
}

Bytes DevnetChain::block(std::size_t height) const { return records_[height].subspan(record_head); }

Bytes DevnetChain::records(std::size_t count) const {
  const auto end = count < records_.size() ? records_[count].data() : file_.data() + file_.size();
  return {file_.data(), static_cast<std::size_t>(end - file_.data())};
}

bool devnet_prepare(DevnetNetwork& network, const DevnetChain& chain) {
  // As an earlier run would have left them.
  const auto held = chain.records(chain.size() - devnet_released);
  if (shell::write_atomically(network.nodes()[devnet_holder].directory() / blocks_file, held)) return true;
  return network.fail("the directory " + network.directory().string() + " cannot be written");
}

bool devnet_start(DevnetNetwork& network) {
  network.begin_clock();
  auto& nodes = network.nodes();
  const auto& states = network.states();
  const std::size_t first = devnet_bootstrap;
  const auto begin = [&](std::size_t i, const std::vector<std::string>& bootstrap) {
    return nodes[i].start("mainnet", bootstrap) || network.fail("node " + std::to_string(i) + " cannot be started");
  };
  // Each of the others knows one node, and never the one that has the blocks.
  if (!begin(first, {}) || !network.wait("starting", [&] { return states[first].answers; })) return false;
  if (nodes.size() > 2) {
    if (!begin(2, {states[first].listen}) || !network.wait("starting", [&] { return states[2].answers; })) return false;
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i == 1 || i == 2) continue;
    if (!begin(i, {states[i % 2 == 0 ? first : std::min<std::size_t>(2, nodes.size() - 1)].listen})) return false;
  }
  return network.wait("starting", [&] { return network.all([](const NodeState& state) { return state.answers; }); });
}

bool devnet_sync(DevnetNetwork& network, const DevnetChain& chain) {
  return network.wait("syncing", [&] { return all_at(network, chain.size() - devnet_released - 1); });
}

bool devnet_release(DevnetNetwork& network, const DevnetChain& chain) {
  const auto first = chain.size() - devnet_released;
  auto next = DevnetNetwork::Clock::now();
  for (std::size_t i = first; i < chain.size() && !DevnetNetwork::interrupted(); ++i) {
    std::this_thread::sleep_until(next);
    next += release_every;
    if (const auto done = network.nodes()[devnet_holder].publish_block(chain.block(i)); !done)
      return network.fail("a block was not taken: " + done.error());
    network.set_stage(fmt::format("releasing {}/{}", i - first + 1, devnet_released));
    if (!network.look()) return false;
  }
  return network.wait("settling", [&] { return all_at(network, chain.size() - 1); });
}

bool devnet_report(DevnetNetwork& network, const DevnetChain& chain, std::chrono::duration<double> synced_in) {
  auto& nodes = network.nodes();
  auto& delays = network.delays();
  const auto first = nodes[devnet_holder].tip_times();
  std::vector<i64> all;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i == devnet_holder) continue;
    for (const auto& [height, at] : nodes[i].tip_times()) {
      const auto released_at = first.find(height);
      if (height < chain.size() - devnet_released || released_at == first.end()) continue;
      delays[i].push_back(at - released_at->second);
    }
    all.insert(all.end(), delays[i].begin(), delays[i].end());
  }
  network.draw_last();
  const auto& states = network.states();
  const auto& tip = states[devnet_holder];
  const auto agree = std::count_if(states.begin(), states.end(), [&](const auto& s) { return s.tip == tip.tip; });
  fmt::print("{}/{} nodes at {} {}… · synced in {:.1f} s · gossip p50 {} ms p99 {} ms\n", agree, nodes.size(),
             tip.height, tip.tip.substr(0, 16), synced_in.count(), percentile(all, 50), percentile(all, 99));
  std::fflush(stdout);
  return agree == static_cast<std::ptrdiff_t>(nodes.size()) || network.fail("the nodes do not agree");
}

}  // namespace kith::app
