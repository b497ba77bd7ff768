// Looking after processes.
#include "app/devnet_network.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

namespace kith::app {
namespace {

/// Looked at between two looks at the nodes.
volatile std::sig_atomic_t interrupted_by = 0;
void interrupt(int signal) { interrupted_by = signal; }

}  // namespace

DevnetNetwork::DevnetNetwork(std::filesystem::path directory, std::size_t count)
    : directory_(std::move(directory)), states_(count), delays_(count) {
  for (std::size_t i = 0; i < max_devnet_nodes; ++i)
    std::filesystem::remove_all(directory_ / ("node-" + std::to_string(i)));
  for (std::size_t i = 0; i < count; ++i) nodes_.emplace_back(directory_, i);
  std::ofstream(directory_ / "pid") << ::getpid() << "\n";
}

DevnetNetwork::~DevnetNetwork() {
  for (const auto& node : nodes_) node.ask_to_end();
  for (auto& node : nodes_) node.stop();
  std::error_code ignored;
  std::filesystem::remove(directory_ / "pid", ignored);
}

void DevnetNetwork::watch_signals() {
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
}

bool DevnetNetwork::interrupted() { return interrupted_by != 0; }

bool DevnetNetwork::fail(std::string why) {
  failure_ = std::move(why);
  return false;
}

bool DevnetNetwork::all(const std::function<bool(const NodeState&)>& holds) const {
  return std::all_of(states_.begin(), states_.end(), holds);
}

bool DevnetNetwork::look() {
  u64 sum = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (const auto code = nodes_[i].ended())
      return fail(fmt::format("node {} ended with code {}; its last words are in {}", i, *code,
                              (nodes_[i].directory() / "output").string()));
    if (auto state = nodes_[i].state(); state.answers) states_[i] = std::move(state);
    sum += states_[i].height;
  }
  if (const auto since = Clock::now() - drawn_; since >= std::chrono::seconds(1)) {
    rate_ = static_cast<double>(sum - std::min(sum, height_before_)) / std::chrono::duration<double>(since).count();
    height_before_ = sum;
    draw(false);
  }
  return true;
}

void DevnetNetwork::draw(bool last) {
  drawn_ = Clock::now();
  table_.draw({stage_, elapsed(), rate_, states_, delays_}, last);
}

bool DevnetNetwork::wait(const char* stage, const std::function<bool()>& done, const std::function<u64()>& progress) {
  stage_ = stage;
  auto moved = Clock::now();
  u64 before = 0;
  while (!interrupted()) {
    if (!look()) return false;
    if (done()) return true;
    u64 now = progress();
    for (const auto& state : states_) now += state.height + state.answers;
    if (now != before) moved = Clock::now();
    before = now;
    if (Clock::now() - moved > devnet_patience)
      return fail(fmt::format("nothing moved for {} s while {}; the nodes' logs are in {}", devnet_patience.count(),
                              stage, directory_.string()));
    std::this_thread::sleep_until(Clock::now() + devnet_look_every);
  }
  return false;
}

}  // namespace kith::app
