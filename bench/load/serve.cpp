// Put together as app::Node does it, but in memory and without a limit on strangers.
#include "load/serve.hpp"

#include <iostream>

#include "base/check.hpp"
#include "base/writer.hpp"
#include "bitcoin/messages/handshake.hpp"
#include "bitcoin/mount.hpp"
#include "bitcoin/port.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "ledger/log_judge.hpp"
#include "limits.hpp"
#include "shell/shell.hpp"

namespace kith::bench {
namespace {

namespace service = bitcoin::service;

core::HostConfig without_limits(u16 port) {
  core::HostConfig out;
  out.self = {.id = PeerId{{1}}, .network = Hash{1}, .version = 1, .client = "bench", .names = {}};
  auto& neighbours = out.neighbours[0];
  neighbours.word = bitcoin::wire_word;
  neighbours.has_ids = false;
  neighbours.port = port;
  neighbours.dialing.outbound = 0;
  neighbours.limits = no_limits();
  return out;
}

std::unique_ptr<core::Port> port_of(const ledger::bitcoin::Params& params) {
  bitcoin::PortConfig config{.user_agent = "/bench:1/", .relay = false};
  Buffer magic;
  Writer(magic).u32le(params.magic);
  config.magic = take_array<4>(magic);
  config.services = service::network | service::witness | service::encrypted;
  return std::make_unique<bitcoin::Port>(std::move(config));
}

}  // namespace

void serve(const ledger::bitcoin::Params& params) {
  shell::Shell shell({.directory = {}, .listen = {{std::string(bitcoin::wire_word), Ip::v4(127, 0, 0, 1), 0}}});
  const auto bound = shell.listen();
  check(bound.has_value(), "a port on loopback");
  const auto turn = shell.turn();
  const ledger::bitcoin::BitcoinRules rules(params);
  auto chain =
      std::make_unique<ledger::Chain>(rules, ledger::ChainConfig{.minimum_work = {}, .secret = turn.rng.bytes<16>()});
  const auto check_body = [&](const ledger::BlockJob& job) { return ledger::bitcoin::check_block(params, job); };
  auto judge = std::make_unique<ledger::LogJudge>(rules, std::make_unique<ledger::MemoryLog>(), params.magic,
                                                  check_body, Body(params.genesis_block));
  check(judge->restore(*chain, turn.utc).has_value(), "a chain of genesis");
  auto host = std::make_unique<core::Host>(without_limits(bound->front().port), std::move(chain),
                                           std::vector<core::Kind>{}, bitcoin::protocols({}), core::Memory{}, turn.rng);
  std::vector<std::unique_ptr<core::Port>> ports;
  ports.push_back(port_of(params));
  shell.start(std::make_unique<core::World>(std::move(host), std::move(ports)), std::move(judge));
  shell.stop_on_signals();
  std::cout << bound->front().port << std::endl;
  shell.run();
}

}  // namespace kith::bench
