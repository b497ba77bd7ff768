// survive: plays recorded attacks against the real node and judges what they did: memory, processor time, whose state
// was touched, whether an honest peer was served, what came back for a byte, and how much was logged.
#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <limits>

#include <sys/resource.h>

#include "codec/multiaddr.hpp"
#include "survive/play.hpp"

namespace kith::survive {
namespace {

/// What an honest peer does besides waiting for one answer: it asks ten times a second, which is more than any protocol
/// here asks of one peer at rest. Its rate is taken from that and its waits.
constexpr auto pace = std::chrono::milliseconds(100);
/// Requests of the honest peer at rest, and how often so many are measured: what one costs the node depends on how the
/// system spreads its threads just then.
constexpr u64 at_rest = 400;
constexpr int rests = 5;
/// What the node's memory may vary by, beside two bytes for each that the attacker sent.
constexpr u64 memory_floor = 8 * 1024 * 1024;
constexpr u64 mebi = 1024 * 1024;
/// The part by which what the honest peer costs may differ from one moment to another.
constexpr double unsure = 0.25;
/// What any attack may cost once, in µs: code that runs for the first time, a file that is saved.
constexpr double once = 5000;

/// Bytes with which the encrypted transport of the bitcoin wire answers anybody: a key, the most garbage, a terminator
/// and a packet of nothing.
constexpr u64 encrypted_greeting = 64 + bitcoin::max_garbage + 16 + 20;

struct Rest {
  double cpu = 0;
  double wait = 0;
};

struct Judged {
  std::vector<std::string> faults;
  std::string figures;
};

double micros(Duration duration) { return static_cast<double>(duration.count()); }

/// The most processor time and the least wait of several measurements before the attack, which cannot sway them.
Rest rest(Node& node, Honest& honest) {
  Rest out{.cpu = 0, .wait = std::numeric_limits<double>::max()};
  for (int i = 0; i < rests; ++i) {
    honest.take();
    const auto before = node.cpu();
    honest.wait_for(at_rest);
    const auto waits = honest.take();
    const auto count = static_cast<double>(std::max<u64>(waits.count, 1));
    out.cpu = std::max(out.cpu, micros(node.cpu() - before) / count);
    out.wait = std::min(out.wait, micros(waits.sum) / count);
  }
  return out;
}

std::string text(double value, int digits = 1) {
  std::array<char, 32> out;
  std::snprintf(out.data(), out.size(), "%.*f", digits, value);
  return out.data();
}

/// The node gives back what the attack took, sooner or later: waits for it, request by request of the honest peer.
u64 memory_after(Node& node, Honest& honest, u64 goal) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (node.memory() > goal && honest.wait_for(10) && std::chrono::steady_clock::now() < deadline) continue;
  return node.memory();
}

Judged judge(const std::string& program, const Script& script, Way way) {
  Judged out;
  const auto demand = [&](bool holds, const std::string& fault) {
    if (!holds) out.faults.push_back(fault);
  };
  const auto limits = Play::limits(script);
  Node node(program, Play::options(script), wire_of(way));
  Honest honest(node);
  const auto me = codec::to_text(honest.id());
  const auto resting = rest(node, honest);
  const auto connection = node.connection(me);
  const auto book = node.book();
  const auto memory = node.memory();
  const auto logged = node.logged();
  honest.take();
  node.forget_peak();
  const auto cpu = node.cpu();

  Play play(node, honest, way);
  try {
    play.run(script);
  } catch (const Failed& failed) {
    out.faults.push_back(failed.what);
  }
  // What was sent and not read yet is part of it.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (node.unread() > 0 && honest.wait_for(1) && std::chrono::steady_clock::now() < deadline) continue;
  const auto waits = honest.take();
  const auto spent = micros(node.cpu() - cpu) - resting.cpu * static_cast<double>(waits.count);
  const auto peak = std::max(node.peak(), memory) - memory;
  demand(node.is_running(), "the node is dead");
  demand(honest.is_served(), "the honest peer lost its connection or was not answered");
  if (!out.faults.empty() && !node.is_running()) return out;

  const auto sums = play.sums();
  const auto messages = static_cast<double>(std::max<u64>(sums.messages, 1));
  const auto allowed =
      std::max(messages * static_cast<double>(limits.cpu), static_cast<double>(sums.sent * limits.byte) / 1000) +
      static_cast<double>(sums.connections * limits.connection + sums.sessions * limits.session) +
      unsure * resting.cpu * static_cast<double>(waits.count) + once;
  const auto wait = micros(waits.sum) / static_cast<double>(std::max<u64>(waits.count, 1));
  const auto beat = micros(std::chrono::duration_cast<Duration>(pace));
  const auto served = 100 * (beat + resting.wait) / (beat + std::max(wait, resting.wait));
  demand(spent <= allowed,
         "processor time: " + text(spent / messages) + " µs a message, at most " + text(allowed / messages) + " µs");
  demand(peak <= limits.heap * mebi, "memory: grew by " + text(static_cast<double>(peak) / mebi) + " MiB, at most " +
                                         std::to_string(limits.heap) + " MiB");
  demand(served >= static_cast<double>(limits.served),
         "the honest peer is served at " + text(served) + " % of its rate, at least " + std::to_string(limits.served));
  // Garbage that a peer throws away is part of every answer there.
  const u64 each = way == Way::bitcoin_v2 ? encrypted_greeting : 0;
  demand(sums.received_before <= 10 * sums.sent_before + each * (sums.connections - sums.sessions),
         "more than ten bytes for one before a session");
  demand(sums.received <= limits.amplify * std::max<u64>(sums.sent, 1) + each * sums.connections,
         "amplification: " + std::to_string(sums.received) + " bytes for " + std::to_string(sums.sent));
  const auto told = node.logged() - logged;
  demand(told <= limits.log * 1024, "log: grew by " + std::to_string(told / 1024) + " KiB");

  play.cut_all();
  const u64 left = memory + memory_floor + 2 * sums.sent;
  const auto after = memory_after(node, honest, left);
  demand(after <= left, "memory: " + text(static_cast<double>(after - std::min(after, memory)) / mebi) +
                            " MiB stay behind it, at most two bytes for one");
  demand(node.connection(me) == connection, "the honest peer's connection is another");
  const auto ids = play.ids();
  for (const auto& banned : node.bans()) demand(ids.contains(banned), banned + " is banned, who did nothing");
  const auto now = node.book();
  demand(std::includes(now.begin(), now.end(), book.begin(), book.end()), "the book lost addresses of honest peers");

  out.figures = text(spent / messages) + " µs/msg " +
                text(1000 * spent / static_cast<double>(std::max<u64>(sums.sent, 1))) + " ns/B, memory +" +
                text(static_cast<double>(peak) / mebi) + " MiB then +" +
                text(static_cast<double>(after - std::min(after, memory)) / mebi) + ", honest " + text(served) +
                " % (" + std::to_string(waits.count) + " asks, longest " + text(micros(waits.longest) / 1000) +
                " ms), bytes " + std::to_string(sums.sent) + " in " + std::to_string(sums.received) + " out, log " +
                std::to_string(told / 1024) + " KiB";
  return out;
}

int usage() {
  std::cerr << "survive: plays attacks against a node\n"
               "usage: survive KITH SCRIPT...\n"
               "Example: survive build/release/kith tests/survive/attacks/*.attack\n";
  return 2;
}

bool survives(const std::string& program, const Script& script, Way way) {
  Judged judged;
  try {
    judged = judge(program, script, way);
  } catch (const Failed& failed) {
    judged.faults.push_back(failed.what);
  } catch (const std::exception& error) {
    judged.faults.push_back(error.what());
  }
  std::cout << (judged.faults.empty() ? "survived " : "FAILED   ") << script.name << " over " << to_text(way) << ": "
            << judged.figures << "\n";
  for (const auto& fault : judged.faults) std::cout << "    " << fault << "\n";
  std::cout.flush();
  return judged.faults.empty();
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return usage();
  std::size_t survived = 0, played = 0;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const auto script = read_script(arguments[i]);
    if (!script) {
      std::cerr << "survive: " << script.error() << "\n";
      return 2;
    }
    if (!Play::possible(*script)) {
      std::cout << "passed over " << script->name << ": this build has no libbitcoinkernel\n";
      continue;
    }
    const auto ways = Play::ways(*script);
    played += ways.size();
    for (const auto way : ways) survived += survives(arguments[0], *script, way);
  }
  std::cout << survived << " of " << played << " attacks survived\n";
  return survived == played ? 0 : 1;
}

}  // namespace
}  // namespace kith::survive

int main(int argc, char** argv) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  try {
    return kith::survive::run({argv + 1, argv + argc});
  } catch (const kith::survive::Failed& failed) {
    std::cerr << "survive: " << failed.what << "\n";
    return 2;
  }
}
