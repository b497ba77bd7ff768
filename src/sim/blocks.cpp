// Blocks of one coinbase each, dated so that no clock of a simulation finds them too early or too late.
#include "sim/blocks.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "crypto/hash.hpp"
#include "ledger/bitcoin/maker.hpp"

namespace kith::sim {
namespace {

constexpr i64 block_interval = 600;

const ledger::bitcoin::Params& params() { return ledger::bitcoin::regtest(); }
const ledger::bitcoin::BitcoinRules& rules() {
  static const ledger::bitcoin::BitcoinRules out(params());
  return out;
}

ledger::Parsed parse(Bytes block) {
  const auto header = rules().header_of(block);
  check(header.has_value(), "a block of ours without a header");
  const auto parsed = rules().parse(*header);
  check(parsed.has_value(), "a block of ours with a bad header");
  return *parsed;
}

}  // namespace

std::vector<Body> make_chain(const BlockRef& parent, i64 time, std::size_t count, u64 tag, std::size_t payload) {
  std::vector<Body> out;
  Hash last = parent.id;
  for (u32 i = 1; i <= count; ++i) {
    auto block =
        ledger::bitcoin::make_block(params(), last, parent.height + i, time + i * block_interval, tag, payload);
    last = parse(block).id;
    out.emplace_back(std::move(block));
  }
  return out;
}

std::vector<Body> make_chain(std::size_t count, u64 tag, std::size_t payload) {
  const auto genesis = parse(params().genesis_block);
  return make_chain({genesis.id, 0, {}}, genesis.time, count, tag, payload);
}

void preload(Network& network, NodeIndex node, std::span<const Body> blocks) {
  check(!network.is_up(node), "a disk that is in use");
  Buffer records;
  for (const auto& block : blocks)
    Writer(records).u32le(params().magic).u32le(static_cast<u32>(block.size())).bytes(block.bytes());
  const auto written = network.disk(node).blocks.append(records);
  check(written.has_value(), "a disk in memory that fails");
}

Result<Body> mine(Network& network, NodeIndex node, u64 tag, std::size_t payload) {
  const auto& chain = *network.host(node).chain();
  const auto parent = chain.tip();
  const i64 time = std::max(to_seconds(network.utc(node)), chain.median_time(parent.id) + 1);
  const Body block(ledger::bitcoin::make_block(params(), parent.id, parent.height + 1, time, tag, payload));
  const auto published =
      network.command(node, [&](core::Host& host, core::Turn& turn) { return host.publish_block(turn, block); });
  if (!published) return std::unexpected(published.error());
  return block;
}

BlockRef tip(const Network& network, NodeIndex node) { return network.host(node).chain()->tip(); }

bool all_at(const Network& network, u32 height) {
  std::optional<Hash> id;
  for (NodeIndex node = 0; node < network.size(); ++node) {
    if (!network.is_up(node)) continue;
    const auto at = tip(network, node);
    if (at.height != height || (id && *id != at.id)) return false;
    id = at.id;
  }
  return true;
}

}  // namespace kith::sim
