// What a node does with a disk that is full, a directory that it may not write, and files that were cut off.
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "app/devnet_chain.hpp"
#include "app/exit.hpp"
#include "app/network_file.hpp"
#include "app/node.hpp"
#include "app/program.hpp"
#include "app/scratch_test.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "shell/misfortunes_test.hpp"

namespace kith::app {
namespace {

namespace fs = std::filesystem;

/// Everything that is waited for happens within this, or the test fails.
constexpr auto deadline = std::chrono::seconds(60);
constexpr std::size_t page = 4096;
/// Real blocks in the directory, some pages of them.
constexpr std::size_t blocks = 150;

const DevnetChain& chain() {
  static const auto read = DevnetChain::read(KITH_SOURCE_DIR "/data/mainnet-blocks-0-14131.blk");
  return read.value();
}

NodeConfig mainnet_in(const fs::path& directory) {
  namespace bitcoin = ledger::bitcoin;
  NodeConfig out;
  out.directory = directory;
  out.ledger =
      LedgerParts{.rules = std::make_unique<bitcoin::BitcoinRules>(bitcoin::mainnet()),
                  .check = [](const ledger::BlockJob& job) { return bitcoin::check_block(bitcoin::mainnet(), job); },
                  .magic = bitcoin::mainnet().magic,
                  .minimum_work = {},
                  .genesis = Body(bitcoin::mainnet().genesis_block)};
  return out;
}

/// Files as a node leaves them, each of several pages where it can be.
void furnish(const fs::path& directory) {
  Node::open(mainnet_in(directory)).value();
  ASSERT_TRUE(shell::write_atomically(directory / blocks_file, chain().records(blocks)));
  auto dice = Rng::seeded(3);
  const auto now = from_seconds(1'700'000'000);
  peers::PeerBook book(dice);
  peers::Reputation reputation{{}};
  for (u8 i = 0; i < 200; ++i) {
    PeerId id;
    id.key[0] = i;
    const auto ip = Ip::v4(static_cast<u8>(20 + i), i, 1, 1);
    book.learn({ip, 7513, "lean", id}, ip, now, now);
    reputation.ban(ip, now + std::chrono::hours(1'000'000));
  }
  ASSERT_TRUE(shell::write_atomically(directory / core::book_file("lean"), book.save()));
  ASSERT_TRUE(shell::write_atomically(directory / core::reputation_file, reputation.save()));
}

std::string joined(const std::vector<std::string>& notes) {
  std::string out;
  for (const auto& note : notes) out += note + "\n";
  return out;
}

/// Opens a node over a copy of `from` in which `file` was cut to `size`, and looks at what is said of that file.
void open_cut(const fs::path& from, const std::string& file, std::size_t size) {
  const Scratch scratch;
  fs::copy(from, scratch.path(), fs::copy_options::recursive);
  fs::resize_file(scratch.path() / file, size);
  const auto node = Node::open(mainnet_in(scratch.path()));
  const auto said = node ? joined((*node)->notes()) : node.error().why;
  EXPECT_NE(said.find(file), std::string::npos) << file << " cut to " << size << " is not told: " << said;
  if (file != blocks_file || !node) return;
  // What is whole is there, and nothing else.
  std::size_t whole = 0;
  while (whole < blocks && chain().records(whole + 1).size() <= size) ++whole;
  const auto found = whole > 1 ? "found " + std::to_string(whole - 1) + " blocks" : std::string(blocks_file);
  EXPECT_NE(said.find(found), std::string::npos) << "cut to " << size << ": " << said;
  const auto torn = size - chain().records(whole).size();
  EXPECT_EQ(said.find("torn") != std::string::npos, torn > 0) << "cut to " << size << ": " << said;
}

TEST(ADataDirectory, cut_off_at_every_page_of_each_file_is_used_as_far_as_it_goes_or_refused_and_never_in_silence) {
  const Scratch scratch;
  furnish(scratch.path());
  for (const std::string& file :
       {std::string(blocks_file), core::book_file("lean"), std::string(core::reputation_file)}) {
    const auto size = fs::file_size(scratch.path() / file);
    ASSERT_GT(size, page) << file;
    for (std::size_t cut = 0; cut < size; cut += page) open_cut(scratch.path(), file, cut);
  }
  // Less than a page: cut at every byte, but for the line end.
  for (std::size_t cut = 0; cut + 1 < fs::file_size(scratch.path() / key_file); ++cut)
    open_cut(scratch.path(), key_file, cut);
}

TEST(ADataDirectory, whose_settings_were_cut_off_is_refused_or_says_which_are_left) {
  const Scratch scratch;
  const std::string text = "network = 'testers'\noutbound = 12\nkinds = ['note', 'chat']\n";
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    scratch.write(config_file, text.substr(0, cut));
    const auto settings = read_settings({.flags = {{"data-dir", {scratch.path()}}}, .environment = {}, .file = {}});
    const auto said = settings ? settings->from_file : settings.error().text;
    EXPECT_NE(said.find(config_file), std::string::npos) << cut;
    if (!settings) continue;
    // A line that was cut in its middle may read as another value.
    const bool whole_line = cut == 0 || text[cut - 1] == '\n';
    EXPECT_EQ(said.find("no end of line") != std::string::npos, !whole_line) << said;
    EXPECT_EQ(said.find("network") != std::string::npos, cut > text.find('\n') - 1) << said;
  }
}

TEST(ANetworkFile, that_was_cut_off_is_refused_wherever_it_was) {
  const Scratch scratch;
  NetworkFile network{.name = "testers", .nonce = "0011223344556677", .bootstrap = {}};
  const auto text = to_toml(network);
  for (std::size_t cut = 0; cut + 1 < text.size(); ++cut) {
    scratch.write("network.toml", text.substr(0, cut));
    const auto read = read_network_file(scratch / "network.toml");
    ASSERT_FALSE(read) << cut;
    EXPECT_NE(read.error().find("network.toml"), std::string::npos);
  }
}

TEST(ANode, that_may_not_write_its_directory_says_so_and_exits_with_1) {
  const Scratch scratch;
  const shell::ReadOnly read_only(scratch.path());
  testing::internal::CaptureStderr();
  const int code = run(std::vector<std::string>{"node", "--data-dir", scratch.path(), "--listen",
                                                "/ip4/127.0.0.1/tcp/0/lean", "--rpc", "127.0.0.1:0"});
  const auto said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(code, exit_failure);
  EXPECT_NE(said.find("cannot be written: Permission denied; make it writable"), std::string::npos) << said;
}

TEST(ANode, whose_disk_is_full_says_so_once_goes_on_and_takes_the_block_when_there_is_room) {
  const Scratch scratch;
  auto node = std::move(*Node::open(mainnet_in(scratch.path())));
  std::promise<std::string> full;
  std::promise<std::string> well;
  std::promise<void> second;
  int errors = 0;
  node->on_error([&](const Error& error, const std::string& what) {
    if (++errors == 1) full.set_value(what + ": " + error.what);
  });
  node->on_recovered([&](const std::string& what) { well.set_value(what); });
  node->on_event([&](const core::Event& event) {
    const auto* moved = std::get_if<core::TipMoved>(&event);
    if (moved && moved->steps.back().block.height == 2) second.set_value();
  });
  const auto publish = [&](std::size_t height) {
    EXPECT_TRUE(node->publish_block(Body(to_buffer(chain().block(height)))));
  };
  std::thread runs([&] { node->run(); });
  auto said = full.get_future();
  {
    const shell::SmallDisk disk(10);
    publish(1);
    EXPECT_EQ(said.wait_for(deadline), std::future_status::ready);
  }
  publish(1);
  publish(2);
  const bool came = second.get_future().wait_for(deadline) == std::future_status::ready;
  node->stop();
  runs.join();
  EXPECT_TRUE(came);
  EXPECT_EQ(said.get(), "the ledger: File too large");
  EXPECT_EQ(well.get_future().get(), "the ledger");
  EXPECT_EQ(errors, 1);
  EXPECT_EQ(scratch.read(blocks_file).size(), chain().records(3).size() - chain().records(1).size());
}

}  // namespace
}  // namespace kith::app
