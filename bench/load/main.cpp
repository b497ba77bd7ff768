// kith_bench_bitcoin: the load, and the servers and loops of kith that bench/bitcoin.py measures. That program runs it;
// see its verbs below.
#include <cstdlib>
#include <iostream>

#include "base/check.hpp"
#include "base/writer.hpp"
#include "ledger/bitcoin/header.hpp"
#include "load/bulk.hpp"
#include "load/chain.hpp"
#include "load/loads.hpp"
#include "load/serve.hpp"
#include "shell/memory.hpp"

namespace {

/// More than one answer holds, and less than what changes the difficulty.
constexpr std::size_t bench_blocks = 2010;

}  // namespace

int main(int count, char** words) {
  using namespace kith;
  // As the program does.
  shell::keep_pages_of_large_messages();
  const auto& params = ledger::bitcoin::simnet();
  const std::string verb = count > 1 ? words[1] : "";
  if (verb == "serve") return bench::serve(params), 0;
  if (verb == "chain") return bench::write_chain(params, bench_blocks, std::cout), 0;
  if (verb == "bulk") return bench::bulk(), 0;
  if (count < 4) {
    std::cerr << "kith_bench_bitcoin: serve, chain, bulk, or handshakes|headers|stay PORT v1|v2 [COUNT [AT_ONCE "
                 "[PER_SECOND]]], all of "
                 "them on simnet\n";
    return 2;
  }
  Buffer magic;
  Writer(magic).u32le(params.magic);
  bench::Target target{.port = static_cast<u16>(std::atoi(words[2])),
                       .magic = take_array<4>(magic),
                       .encrypted = std::string(words[3]) == "v2",
                       .relay = verb == "stay"};
  const std::size_t times = count > 4 ? std::strtoul(words[4], nullptr, 10) : 0;
  if (verb == "handshakes")
    std::cout << bench::handshakes(target, times, count > 5 ? std::strtoul(words[5], nullptr, 10) : 1,
                                   count > 6 ? std::atof(words[6]) : 0)
              << std::endl;
  if (verb == "headers")
    bench::headers(target, ledger::bitcoin::id_of(Bytes(params.genesis_block).first(ledger::bitcoin::header_size)),
                   times);
  if (verb == "stay") bench::stay(target);
  return 0;
}
