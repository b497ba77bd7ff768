// The stages of a devnet: start, sync, release, figures; and a table that shows them.
#include "app/devnet.hpp"

#include <csignal>
#include <fstream>
#include <iostream>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/devnet_nodes.hpp"
#include "app/exit.hpp"
#include "base/reader.hpp"
#include "ledger/bitcoin/params.hpp"
#include "shell/file.hpp"

namespace kith::app {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t max_nodes = 100;
/// Blocks that are held back and released one by one.
constexpr std::size_t released = 131;
constexpr auto release_every = std::chrono::milliseconds(200);
constexpr auto look_every = std::chrono::milliseconds(250);
/// A stage that makes no progress for so long has failed.
constexpr auto patience = std::chrono::seconds(60);
constexpr std::size_t max_blocks_file = std::size_t{512} << 20;

struct Wanted {
  std::string blocks;
  std::string directory = "devnet";
  std::size_t nodes = 8;
  bool once = false;
  bool stop = false;
};

/// Set by SIGINT and SIGTERM; looked at between two looks at the nodes.
volatile std::sig_atomic_t interrupted = 0;
void interrupt(int) { interrupted = 1; }

int complain(const std::string& text, Exit code = exit_failure) {
  std::cerr << "kith devnet: " << text << "\n";
  return code;
}

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

class Devnet {
 public:
  explicit Devnet(const Wanted& wanted) : wanted_(wanted) {}
  ~Devnet() { stop(); }
  Devnet(const Devnet&) = delete;
  Devnet& operator=(const Devnet&) = delete;

  int run();

 private:
  bool prepare();
  bool start();
  bool sync();
  bool release();
  void report();
  void stay();
  void stop();

  bool look();
  void draw(bool last);
  /// Looks until `done`, or until nothing moves for too long.
  template <typename Done>
  bool wait(const char* stage, Done done);

  Wanted wanted_;
  Buffer file_;
  std::vector<Bytes> records_;
  std::deque<DevnetNode> nodes_;
  std::vector<NodeState> states_;
  std::vector<std::vector<i64>> delays_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point drawn_{};
  Seconds synced_in_{};
  std::string stage_ = "starting";
  u64 height_before_ = 0;
  double rate_ = 0;
  std::size_t lines_ = 0;
  std::string failure_;
};

bool Devnet::prepare() {
  auto file = shell::read_file(wanted_.blocks, max_blocks_file);
  if (!file) {
    failure_ = wanted_.blocks + " cannot be read: --blocks names a file of blocks as Bitcoin Core keeps them";
    return false;
  }
  file_ = std::move(*file);
  auto records = split(file_);
  if (!records || records->size() <= released) {
    failure_ = wanted_.blocks + " holds no chain of more than " + std::to_string(released) + " blocks";
    return false;
  }
  records_ = std::move(*records);
  for (std::size_t i = 0; i < max_nodes; ++i)
    std::filesystem::remove_all(std::filesystem::path(wanted_.directory) / ("node-" + std::to_string(i)));
  for (std::size_t i = 0; i < wanted_.nodes; ++i) nodes_.emplace_back(wanted_.directory, i);
  states_.resize(wanted_.nodes);
  delays_.resize(wanted_.nodes);
  std::ofstream(std::filesystem::path(wanted_.directory) / "pid") << ::getpid() << "\n";
  // The first node holds all blocks but the last ones, as an earlier run would have left them.
  const auto& held = records_[records_.size() - released];
  const Bytes kept(file_.data(), static_cast<std::size_t>(held.data() - file_.data()));
  if (shell::write_atomically(nodes_[0].directory() / blocks_file, kept)) return true;
  failure_ = "the directory " + wanted_.directory + " cannot be written";
  return false;
}

bool Devnet::start() {
  began_ = Clock::now();
  // Each of the others knows one node, and never the one that has the blocks.
  const std::size_t first = 1;
  const auto begin = [&](std::size_t i, const std::vector<std::string>& bootstrap) {
    if (nodes_[i].start("mainnet", bootstrap)) return true;
    failure_ = "node " + std::to_string(i) + " cannot be started";
    return false;
  };
  if (!begin(first, {}) || !wait("starting", [&] { return states_[first].answers; })) return false;
  if (nodes_.size() > 2) {
    if (!begin(2, {states_[first].listen}) || !wait("starting", [&] { return states_[2].answers; })) return false;
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (i == 1 || i == 2) continue;
    if (!begin(i, {states_[i % 2 == 0 ? first : std::min<std::size_t>(2, nodes_.size() - 1)].listen})) return false;
  }
  return wait("starting", [&] {
    return std::all_of(states_.begin(), states_.end(), [](const auto& state) { return state.answers; });
  });
}

bool Devnet::sync() {
  const auto target = records_.size() - released - 1;
  const bool done = wait("syncing", [&] {
    return std::all_of(states_.begin(), states_.end(), [&](const auto& state) { return state.height >= target; });
  });
  synced_in_ = Clock::now() - began_;
  return done;
}

bool Devnet::release() {
  auto next = Clock::now();
  for (std::size_t i = records_.size() - released; i < records_.size() && !interrupted; ++i) {
    std::this_thread::sleep_until(next);
    next += release_every;
    constexpr std::size_t head = 8;
    if (const auto done = nodes_[0].publish_block(records_[i].subspan(head)); !done) {
      failure_ = "a block was not taken: " + done.error();
      return false;
    }
    stage_ = fmt::format("releasing {}/{}", i - (records_.size() - released) + 1, released);
    if (!look()) return false;
  }
  const auto target = records_.size() - 1;
  return wait("settling", [&] {
    return std::all_of(states_.begin(), states_.end(), [&](const auto& state) { return state.height >= target; });
  });
}

i64 percentile(std::vector<i64> values, std::size_t percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, values.size() * percent / 100)];
}

void Devnet::report() {
  const auto first = nodes_[0].tip_times();
  std::vector<i64> all;
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    const auto times = nodes_[i].tip_times();
    for (const auto& [height, at] : times) {
      const auto released_at = first.find(height);
      if (height < records_.size() - released || released_at == first.end()) continue;
      delays_[i].push_back(at - released_at->second);
    }
    all.insert(all.end(), delays_[i].begin(), delays_[i].end());
  }
  draw(true);
  const auto& tip = states_[0];
  const auto agree = std::count_if(states_.begin(), states_.end(), [&](const auto& s) { return s.tip == tip.tip; });
  fmt::print("{}/{} nodes at {} {}… · synced in {:.1f} s · gossip p50 {} ms p99 {} ms\n", agree, nodes_.size(),
             tip.height, tip.tip.substr(0, 16), synced_in_.count(), percentile(all, 50), percentile(all, 99));
  std::fflush(stdout);
  if (agree != static_cast<std::ptrdiff_t>(nodes_.size())) failure_ = "the nodes do not agree";
}

bool Devnet::look() {
  u64 sum = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (const auto code = nodes_[i].ended()) {
      failure_ = fmt::format("node {} ended with code {}; its last words are in {}", i, *code,
                             (nodes_[i].directory() / "output").string());
      return false;
    }
    if (auto state = nodes_[i].state(); state.answers) states_[i] = std::move(state);
    sum += states_[i].height;
  }
  if (Clock::now() - drawn_ >= std::chrono::seconds(1)) {
    rate_ = static_cast<double>(sum - std::min(sum, height_before_)) / Seconds(Clock::now() - drawn_).count();
    height_before_ = sum;
    draw(false);
  }
  return true;
}

void Devnet::draw(bool last) {
  drawn_ = Clock::now();
  const double elapsed = Seconds(drawn_ - began_).count();
  if (!::isatty(STDOUT_FILENO) && !last) {
    u32 least = states_[0].height;
    for (const auto& state : states_) least = std::min(least, state.height);
    fmt::print("{:6.1f} s  {:<18} lowest height {:>6}  {:>8.0f} blocks/s\n", elapsed, stage_, least, rate_);
    std::fflush(stdout);
    return;
  }
  if (lines_ > 0 && ::isatty(STDOUT_FILENO)) fmt::print("\x1b[{}A", lines_);
  fmt::print("\x1b[2K{:6.1f} s  {}  {:.0f} blocks/s\n", elapsed, stage_, rate_);
  fmt::print("\x1b[2K{:>4}  {:<14} {:>8} {:>8} {:>6} {:>8}  {:<18} {}\n", "node", "id", "peers in", "peers out",
             "known", "height", "tip", "gossip p50");
  lines_ = 2;
  for (std::size_t i = 0; i < states_.size(); ++i, ++lines_) {
    const auto& state = states_[i];
    const auto spread = delays_[i].empty() ? std::string("–") : fmt::format("{} ms", percentile(delays_[i], 50));
    const auto id = state.id.empty() ? "" : "…" + state.id.substr(state.id.size() - 8);
    fmt::print("\x1b[2K{:>4}  {:<14} {:>8} {:>8} {:>6} {:>8}  {:<18} {}\n", i, id, state.peers_in, state.peers_out,
               state.addresses, state.height, state.tip.substr(0, 16), spread);
  }
  std::fflush(stdout);
}

template <typename Done>
bool Devnet::wait(const char* stage, Done done) {
  stage_ = stage;
  auto moved = Clock::now();
  u64 before = 0;
  while (!interrupted) {
    if (!look()) return false;
    if (done()) return true;
    u64 now = 0;
    for (const auto& state : states_) now += state.height + state.answers;
    if (now != before) moved = Clock::now();
    before = now;
    if (Clock::now() - moved > patience) {
      failure_ = fmt::format("nothing moved for {} s while {}; the nodes' logs are in {}",
                             std::chrono::seconds(patience).count(), stage, wanted_.directory);
      return false;
    }
    std::this_thread::sleep_until(Clock::now() + look_every);
  }
  return false;
}

void Devnet::stay() {
  fmt::print("The network stays up until Ctrl-C. Ask a node: kith ctl --data-dir {} peers\n",
             nodes_[0].directory().string());
  std::fflush(stdout);
  lines_ = 0;
  stage_ = "up";
  while (!interrupted && look()) std::this_thread::sleep_until(Clock::now() + look_every);
}

void Devnet::stop() {
  for (const auto& node : nodes_) node.ask_to_end();
  for (auto& node : nodes_) node.stop();
  nodes_.clear();
  std::error_code ignored;
  std::filesystem::remove(std::filesystem::path(wanted_.directory) / "pid", ignored);
}

int Devnet::run() {
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  if (prepare() && start() && sync() && release()) {
    report();
    if (!wanted_.once && failure_.empty()) stay();
  }
  if (!failure_.empty()) return complain(failure_);
  return interrupted && wanted_.once ? exit_failure : exit_ok;
}

int stop_other(const Wanted& wanted) {
  std::ifstream file(std::filesystem::path(wanted.directory) / "pid");
  pid_t pid = 0;
  if (!(file >> pid) || pid <= 1 || ::kill(pid, SIGTERM) != 0)
    return complain("no devnet runs in " + wanted.directory + "; start one with: kith devnet --blocks FILE");
  fmt::print("asked the devnet in {} to end\n", wanted.directory);
  return exit_ok;
}

int devnet(const Wanted& wanted) {
  if (wanted.stop) return stop_other(wanted);
  if (wanted.blocks.empty()) return complain("--blocks FILE is needed: the chain that one node holds", exit_usage);
  return Devnet(wanted).run();
}

}  // namespace

void add_devnet(CLI::App& app, std::function<int()>& run) {
  auto* command = app.add_subcommand("devnet", "Run a network of node processes on this machine");
  const auto wanted = std::make_shared<Wanted>();
  command->add_option("--blocks", wanted->blocks, "Blocks of mainnet from 0 on, as Bitcoin Core keeps them");
  command->add_option("--nodes", wanted->nodes, "How many nodes")
      ->check(CLI::Range(std::size_t{2}, max_nodes))
      ->capture_default_str();
  command
      ->add_option("--dir", wanted->directory,
                   "Where the nodes keep their data; what an earlier devnet left there goes")
      ->capture_default_str();
  command->add_flag("--once", wanted->once, "End when all nodes agree");
  command->add_flag("--stop", wanted->stop, "End the devnet that runs in --dir");
  command->footer("Example: kith devnet --blocks data/mainnet-blocks-0-14131.blk --once");
  command->callback([&run, wanted] { run = [wanted] { return devnet(*wanted); }; });
}

}  // namespace kith::app
