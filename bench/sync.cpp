// What it costs a node to take the real blocks 1..14131 from another one with full validation, over the lean wire or
// the one that is named, beside feeding them straight to libbitcoinkernel: CPU time of a process of its own each, in
// turns, and the median of pairs.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/node.hpp"
#include "app/validation.hpp"
#include "base/check.hpp"
#include "base/reader.hpp"
#include "codec/multiaddr.hpp"
#include "kernel/engine.hpp"
#include "ledger/bitcoin/header.hpp"
#include "shell/memory.hpp"

using namespace kith;
namespace fs = std::filesystem;

namespace {

constexpr const char* blocks_path = KITH_SOURCE_DIR "/data/mainnet-blocks-0-14131.blk";
constexpr u32 blocks = 14'131;
constexpr int pairs = 5;

/// Runs `what` in a process of its own and returns the CPU seconds that it took.
double cpu_of(const std::function<void()>& what) {
  const pid_t child = ::fork();
  check(child >= 0, "fork");
  if (child == 0) {
    what();
    std::exit(0);
  }
  int status = 0;
  rusage used{};
  check(::wait4(child, &status, 0, &used) == child && status == 0, "a run that failed");
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

void feed(const fs::path& directory) {
  std::ifstream in(blocks_path, std::ios::binary);
  const Buffer file((std::istreambuf_iterator<char>(in)), {});
  auto engine = kernel::Engine::open(ledger::bitcoin::mainnet(), directory, kernel::Opening::as_it_is);
  check(engine.has_value(), "an engine");
  for (Reader records(file); records.left() > 0;) {
    records.u32le();
    const auto block = records.take(records.u32le());
    const auto id = ledger::bitcoin::id_of(block.first(ledger::bitcoin::header_size));
    check((*engine)->process(id, block).result.has_value(), "a block");
  }
  check((*engine)->height() == blocks, "the tip");
  check((*engine)->close().has_value(), "the disk");
}

std::unique_ptr<app::Node> open(const fs::path& directory, const std::string& wire, app::Validation validation,
                                std::vector<Endpoint> bootstrap) {
  app::Settings settings;
  settings.chain = app::ChainName::mainnet;
  settings.validation = validation;
  app::NodeConfig config;
  config.directory = directory;
  config.wires = {wire};
  config.listen = {*codec::parse_address("/ip4/127.0.0.1/tcp/0/" + wire)};
  config.bootstrap = std::move(bootstrap);
  config.ledger = std::move(*app::ledger_of(settings));
  auto node = app::Node::open(std::move(config));
  check(node.has_value(), "a node");
  return std::move(*node);
}

void receive(const fs::path& directory, const std::string& wire, const std::string& from) {
  const auto node = open(directory, wire, app::Validation::full, {*codec::parse_endpoint(from)});
  node->on_event([&](const core::Event& event) {
    const auto* moved = std::get_if<core::TipMoved>(&event);
    if (moved && moved->steps.back().block.height == blocks) node->stop();
  });
  node->run();
}

/// A node that holds the blocks, as a process that ends with this object.
class Server {
 public:
  Server(const fs::path& directory, const std::string& wire) {
    fs::create_directories(directory);
    fs::copy_file(blocks_path, directory / app::blocks_file);
    int ends[2];
    check(::pipe(ends) == 0, "pipe");
    child_ = ::fork();
    check(child_ >= 0, "fork");
    if (child_ == 0) {
      const auto node = open(directory, wire, app::Validation::headers, {});
      const auto text = codec::to_text(node->addresses().front());
      check(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()), "write");
      ::close(ends[1]);
      node->run();
      std::exit(0);
    }
    ::close(ends[1]);
    std::array<char, 256> text{};
    for (ssize_t size = 0; (size = ::read(ends[0], text.data(), text.size())) > 0;)
      address_.append(text.data(), static_cast<std::size_t>(size));
    ::close(ends[0]);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  const std::string& address() const { return address_; }

 private:
  pid_t child_ = 0;
  std::string address_;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int count, char** words) {
  // As the program does; both sides have it.
  shell::keep_pages_of_large_messages();
  const std::string spoken = count > 1 ? words[1] : "lean";
  if (spoken != "lean" && spoken != "bitcoin") {
    std::fprintf(stderr, "bench sync: the wire is lean or bitcoin. Example: ./dev bench sync bitcoin\n");
    return 2;
  }
  std::string name = (fs::temp_directory_path() / "kith-bench.XXXXXX").string();
  check(::mkdtemp(name.data()) != nullptr, "a directory");
  const fs::path scratch = name;
  {
    const Server server(scratch / "server", spoken);
    std::vector<double> straight, wire, ratios;
    for (int i = 0; i < pairs; ++i) {
      const auto directory = [&](const char* what) {
        auto out = scratch / (what + std::to_string(i));
        fs::create_directories(out);
        return out;
      };
      straight.push_back(blocks / cpu_of([&] { feed(directory("straight")); }));
      wire.push_back(blocks / cpu_of([&] { receive(directory("wire"), spoken, server.address()); }));
      ratios.push_back(wire.back() / straight.back());
      std::printf("%d  straight %7.0f  over the wire %7.0f blocks per CPU second  ratio %.2f\n", i + 1, straight.back(),
                  wire.back(), ratios.back());
      std::fflush(stdout);
    }
    std::printf("sync over %s: straight %.0f, over the wire %.0f blocks per CPU second, ratio %.2f (goal 0.70)\n",
                spoken.c_str(), median(straight), median(wire), median(ratios));
  }
  fs::remove_all(scratch);
}
