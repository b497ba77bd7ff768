// How a process comes to be, from what is on its disk, and how it ends.
#include "base/check.hpp"
#include "base/writer.hpp"
#include "crypto/hash.hpp"
#include "lean/sealed.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/log_judge.hpp"
#include "sim/message_wire.hpp"
#include "sim/network.hpp"

namespace kith::sim {
namespace {

constexpr std::string_view network_name = "simulation";

Hash keyed(u64 seed, u64 which) {
  Buffer text;
  Writer(text).u64be(seed).u64be(which);
  return crypto::sha256(text);
}

const ledger::bitcoin::Params& params() { return ledger::bitcoin::regtest(); }

}  // namespace

Network::Network(u64 seed, NetworkConfig config)
    : config_(config), rules_(params()), seed_(keyed(seed, 0)), rng_(seed_) {
  const auto genesis = rules_.parse(rules_.genesis_header());
  id_ = crypto::sha256({as_bytes(network_name), Bytes(genesis->id)});
}

NodeIndex Network::add(NodeSpec spec) {
  const auto index = static_cast<NodeIndex>(nodes_.size());
  Rng rng(crypto::sha256({seed_, keyed(index, 1)}));
  crypto::Identity identity(rng.bytes<32>());
  const PeerId id{identity.public_key()};
  const auto skew = config_.most_skew.count();
  const Utc::duration off{static_cast<i64>(rng.below(static_cast<u64>(2 * skew + 1))) - skew};
  fill_in(spec, id);
  const bool fresh = by_address_.emplace(std::pair{spec.ip, node_port}, index).second;
  check(fresh, "two machines with one address");
  by_id_.emplace(id, index);
  nodes_.push_back({.spec = std::move(spec),
                    .identity = std::move(identity),
                    .rng = rng,
                    .skew = off,
                    .traffic = {},
                    .disk = Disk{},
                    .process = {}});
  return index;
}

void Network::fill_in(NodeSpec& spec, const PeerId& id) const {
  auto& self = spec.config.self;
  self.id = id;
  self.network = id_;
  if (self.version == 0) self.version = node_version;
  self.client = "kith-sim";
  spec.config.neighbours[0].word = lean::wire_word;
  spec.config.neighbours[0].port = node_port;
}

void Network::refit(NodeIndex index, NodeSpec spec) {
  auto& node = nodes_[index];
  check(!node.process, "a machine that is in use");
  spec.ip = node.spec.ip;
  fill_in(spec, PeerId{node.identity.public_key()});
  node.spec = std::move(spec);
}

Endpoint Network::endpoint(NodeIndex node) const {
  const auto& to = nodes_[node];
  Endpoint out;
  out.address = {to.spec.ip, node_port, std::string(lean::wire_word), PeerId{to.identity.public_key()}};
  return out;
}

Process Network::boot(Node& node) {
  Process out;
  auto now = turn(node);
  std::unique_ptr<ledger::Chain> chain;
  if (node.spec.has_ledger) {
    const auto& rules = node.spec.rules ? *node.spec.rules : rules_;
    chain = std::make_unique<ledger::Chain>(rules, ledger::ChainConfig{{}, now.rng.bytes<16>()});
    const auto regtest = [](const ledger::BlockJob& job) { return ledger::bitcoin::check_block(params(), job); };
    auto judge =
        std::make_unique<ledger::LogJudge>(rules, std::make_unique<DiskLog>(node.disk.blocks), params().magic,
                                           node.spec.check ? node.spec.check : regtest, Body(params().genesis_block));
    const auto restored = judge->restore(*chain, now.utc);
    check(restored.has_value(), "a disk in memory that fails");
    out.judge = node.spec.judge(std::move(judge));
  }
  core::Memory memory{{}, node.disk.files[core::reputation_file]};
  for (const auto& here : node.spec.config.neighbours)
    memory.books.push_back(node.disk.files[core::book_file(here.word)]);
  const lean::MailParts mail{&node.identity, id_, node.spec.config.delivery.findable};
  auto protocols = node.spec.protocols(lean::protocols(node.spec.pace, node.spec.has_ledger, mail));
  auto kinds = node.spec.kinds;
  kinds.push_back(lean::sealed_kind(node.identity, id_));
  auto host = std::make_unique<core::Host>(node.spec.config, std::move(chain), std::move(kinds), std::move(protocols),
                                           memory, now.rng);
  Ports ports;
  if (config_.fidelity == Fidelity::bytes)
    ports.push_back(std::make_unique<lean::Port>(node.identity, false));
  else
    ports.push_back(std::make_unique<MessagePort>(post_, PeerId{node.identity.public_key()}));
  out.world = std::make_unique<core::World>(std::move(host), node.spec.ports(std::move(ports)));
  return out;
}

void Network::start(NodeIndex index) {
  auto& node = nodes_[index];
  check(!node.process, "a node that runs already");
  ++node.life;
  node.process = boot(node);
  node.process->world->start(turn(node));
  settle(index);
}

void Network::stop(NodeIndex index) {
  auto& node = nodes_[index];
  node.process->world->stop(turn(node));
  obey_all(index);
  end(index);
}

void Network::kill(NodeIndex index) { end(index); }

void Network::restart(NodeIndex index) {
  kill(index);
  start(index);
}

void Network::end(NodeIndex index) {
  const auto lines = std::exchange(nodes_[index].process->lines, {});
  nodes_[index].process.reset();
  for (const auto& [peer, line] : lines) {
    const auto [slot, side] = line;
    const auto to = static_cast<u8>(1 - side);
    if (links_.at(slot).ends[to].peer) transmit(slot, to, {.fin = true});
    detach(slot, side);
  }
}

}  // namespace kith::sim
