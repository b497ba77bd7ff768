// A process and /proc.
#include "survive/node.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/address_text.hpp"
#include "app/node.hpp"
#include "app/options.hpp"
#include "app/rpc_client.hpp"
#include "base/error.hpp"
#include "codec/multiaddr.hpp"

namespace kith::survive {
namespace {

namespace json = boost::json;

std::filesystem::path scratch() {
  auto name = (std::filesystem::temp_directory_path() / "kith-survive-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory for a node");
  return name;
}

bool has(const std::vector<std::string>& options, const std::string& word) {
  return std::ranges::find(options, word) != options.end();
}

std::vector<std::string> arguments(const std::filesystem::path& directory, const std::vector<std::string>& options,
                                   const std::string& wire) {
  std::string listen = "/ip4/127.0.0.1/tcp/0/lean";
  if (wire != "lean") listen += ",/ip4/127.0.0.1/tcp/0/" + wire;
  std::vector<std::string> out{
      "kith",       "node", "--data-dir", directory.string(), "--wire",    wire == "lean" ? wire : "lean," + wire,
      "--listen",   listen, "--rpc",      "127.0.0.1:0",      "--network", "survive",
      "--outbound", "0"};
  if (!has(options, "--chain")) {
    out.emplace_back("--chain");
    out.emplace_back("regtest");
  }
  out.insert(out.end(), options.begin(), options.end());
  return out;
}

/// A number of /proc/PID/status, in bytes.
u64 status_of(pid_t pid, const std::string& key) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(key + ":")) return std::stoull(line.substr(key.size() + 1)) * 1024;
  return 0;
}

}  // namespace

struct Node::Rpc {
  app::RpcTarget target;

  json::value ask(std::string_view method) const {
    const auto answer = app::ask_node(target, method, {});
    if (!answer) throw std::runtime_error(answer.error());
    return *answer;
  }
};

Node::Node(const std::string& program, const std::vector<std::string>& options, const std::string& wire)
    : directory_(scratch()),
      params_(has(options, "mainnet") ? ledger::bitcoin::mainnet() : ledger::bitcoin::regtest()) {
  if (has(options, "mainnet"))
    std::filesystem::copy_file(KITH_SOURCE_DIR "/data/mainnet-blocks-0-14131.blk", directory_ / app::blocks_file);
  auto owned = arguments(directory_, options, wire);
  std::vector<char*> argv;
  for (auto& each : owned) argv.push_back(each.data());
  argv.push_back(nullptr);
  // What malloc keeps for later is no growth of the node's: freed memory goes back at once.
  ::setenv("MALLOC_ARENA_MAX", "1", 1);
  ::setenv("MALLOC_TRIM_THRESHOLD_", "131072", 1);
  ::setenv("MALLOC_MMAP_THRESHOLD_", "131072", 1);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe for a node's log");
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    ::dup2(ends[1], STDERR_FILENO);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  log_ = std::thread([this, fd = ends[0]] { listen_to_log(fd); });
  auto up = up_.get_future();
  if (pid_ < 0 || up.wait_for(generous) != std::future_status::ready || !up.get())
    throw std::runtime_error(program + " node did not start");
  const auto target = app::find_node(directory_);
  if (!target) throw std::runtime_error("a node without a cookie");
  rpc_ = std::make_unique<Rpc>(Rpc{*target});
  const auto info = rpc_->ask("info").as_object();
  for (const auto& each : info.at("listen").as_array()) {
    const auto place = app::parse_place(std::string(each.as_string()));
    if (place) addresses_.insert_or_assign(place->endpoint.address.wire, place->endpoint.address);
  }
  const auto network = from_hex(std::string(info.at("network_id").as_string()));
  if (!addresses_.contains("lean") || !addresses_.contains(wire) || !network || network->size() != 32)
    throw std::runtime_error("a node that does not say where it is");
  network_ = take_array<32>(*network);
}

Node::~Node() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (log_.joinable()) log_.join();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void Node::listen_to_log(int fd) {
  bool told = false;
  std::string start;
  std::array<char, 4096> bytes;
  while (true) {
    const auto count = ::read(fd, bytes.data(), bytes.size());
    if (count <= 0) break;
    logged_ += static_cast<u64>(count);
    if (told) continue;
    start.append(bytes.data(), static_cast<std::size_t>(count));
    if (start.find("listening address=") == std::string::npos) continue;
    told = true;
    up_.set_value(true);
  }
  if (!told) up_.set_value(false);
  ::close(fd);
}

bool Node::is_running() { return ::waitpid(pid_, nullptr, WNOHANG) == 0 || (pid_ = 0, false); }

std::size_t Node::peers() { return rpc_->ask("peers").as_array().size(); }

std::set<std::string> Node::bans() {
  std::set<std::string> out;
  for (const auto rows = rpc_->ask("bans"); const auto& each : rows.as_array()) out.emplace(each.at("who").as_string());
  return out;
}

std::set<std::string> Node::book() {
  std::set<std::string> out;
  for (const auto rows = rpc_->ask("addresses"); const auto& each : rows.as_array())
    out.emplace(each.at("address").as_string());
  return out;
}

u64 Node::tip() { return rpc_->ask("tip").as_object().at("height").to_number<u64>(); }

u32 Node::blamed(const Address& from) {
  u32 out = 0;
  const auto told = rpc_->ask("events");
  for (const auto& event : told.at("events").as_array()) {
    if (event.at("event").as_string() != "blamed") continue;
    const std::string address(event.at("address").as_string());
    // Where a wire has ids, what is claimed stands in front.
    if (address != codec::to_text(from) && !address.ends_with("@" + app::ip_port(from))) continue;
    for (u8 fault = 0; fault < static_cast<u8>(Fault::count); ++fault)
      if (row(static_cast<Fault>(fault)).name == event.at("fault").as_string())
        out += row(static_cast<Fault>(fault)).weight;
  }
  return out;
}

u64 Node::connection(const std::string& id) {
  for (const auto rows = rpc_->ask("peers"); const auto& each : rows.as_array())
    if (const auto* its = each.as_object().if_contains("id"); its && its->as_string() == id)
      return each.at("peer").to_number<u64>();
  return 0;
}

u64 Node::memory() const { return status_of(pid_, "VmRSS"); }
u64 Node::peak() const { return status_of(pid_, "VmHWM"); }
void Node::forget_peak() const { std::ofstream("/proc/" + std::to_string(pid_) + "/clear_refs") << "5"; }

Duration Node::cpu() const {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(time.tv_sec) +
                                              std::chrono::nanoseconds(time.tv_nsec));
}

Duration Node::loop_cpu() const {
  u64 nanoseconds = 0;
  std::ifstream("/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/schedstat") >> nanoseconds;
  return std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(nanoseconds));
}

u64 Node::unread() const {
  std::ifstream in("/proc/net/tcp");
  const auto ending = [](u16 number) {
    std::ostringstream port;
    port << std::hex << std::uppercase << ":";
    port.width(4);
    port.fill('0');
    port << number;
    return port.str();
  };
  std::vector<std::string> ports;
  for (const auto& [wire, address] : addresses_) ports.push_back(ending(address.port));
  u64 out = 0;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::string slot, here, there, state, queues;
    words >> slot >> here >> there >> state >> queues;
    const bool ours = std::ranges::any_of(ports, [&](const auto& port) { return here.ends_with(port); });
    if (!ours || (state != "01" && state != "08")) continue;
    out += std::stoull(queues.substr(queues.find(':') + 1), nullptr, 16);
  }
  return out;
}

}  // namespace kith::survive
