// Full validation: real blocks, forks, bad blocks, crashes and damaged files.
#include "kernel/judge.hpp"

#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <sanitizer/lsan_interface.h>
#include <sys/resource.h>

#include "base/writer.hpp"
#include "crypto/hash.hpp"
#include "kernel/spends_test.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "ledger/bitcoin/target.hpp"
#include "ledger/branch_for_test.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KITH_LEAKS_ARE_SOUGHT
#endif
#endif

namespace kith::kernel {
namespace {

namespace fs = std::filesystem;
namespace bitcoin = ledger::bitcoin;
using ledger::late;
using ledger::MemoryLog;

/// A directory of its own for each test, and what is in it: a chain, its judge, and the bytes of the log.
struct Validation : testing::Test {
  explicit Validation(const bitcoin::Params& net = bitcoin::regtest()) : params(&net), rules(net) {
    std::string name = testing::TempDir() + "kernel.XXXXXX";
    directory = ::mkdtemp(name.data());
  }
  Validation(const Validation&) = delete;
  Validation& operator=(const Validation&) = delete;
  ~Validation() override {
    judge.reset();
    fs::remove_all(directory);
  }

  /// A log that outlives the judge, as a file would.
  struct Kept : ledger::Log {
    explicit Kept(Validation& test) : self(&test) {}
    Result<u64> append(Bytes bytes) override { return self->log.append(bytes); }
    Result<Buffer> read(u64 offset, std::size_t size) const override { return self->log.read(offset, size); }
    Result<> flush() override { return self->log.flush(); }
    u64 size() const override { return self->log.size(); }
    Result<> truncate(u64 size) override { return self->log.truncate(size); }
    Validation* self;
  };

  std::expected<void, std::string> try_open(u64 limit = log_limit) {
    judge.reset();
    said.clear();
    chain.emplace(rules, ledger::ChainConfig{});
    JudgeConfig config{.params = params,
                       .directory = directory / "kernel",
                       .log = std::make_unique<Kept>(*this),
                       .limit = limit,
                       .say = [this](const std::string& text) { said.push_back(text); }};
    auto opened = KernelJudge::open(rules, std::move(config), *chain, late);
    if (!opened) return std::unexpected(opened.error());
    judge = std::move(*opened);
    return {};
  }
  void open() {
    const auto opened = try_open();
    ASSERT_TRUE(opened) << opened.error();
  }
  /// libbitcoinkernel does not free what it had made when it meets a damaged database on its way: no leak of ours.
  void open_damaged() {
#ifdef KITH_LEAKS_ARE_SOUGHT
    const __lsan::ScopedDisabler theirs;
#endif
    open();
  }
  /// What kill -9 leaves: the files and the log as they are while the engine still runs.
  void kill() {
    const auto copy = directory / "copy";
    fs::remove_all(copy);
    fs::copy(directory / "kernel", copy, fs::copy_options::recursive);
    const auto bytes = *log.read(0, log.size());
    judge.reset();
    log = MemoryLog(bytes);
    fs::remove_all(directory / "kernel");
    fs::rename(copy, directory / "kernel");
  }

  /// As the chain hands a block to the judge; the rulings go back into the chain.
  std::vector<ledger::Ruling> give(const Buffer& block) {
    const std::vector<Buffer> header{to_buffer(Bytes(block).first(bitcoin::header_size))};
    const auto id = bitcoin::id_of(header[0]);
    EXPECT_TRUE(chain->find(id) || chain->take(1, header, late));
    const auto ref = *chain->find(id);
    chain->judging(id);
    auto rulings = judge->judge({ref, chain->median_time(chain->parsed(id)->parent), Body(block)});
    for (const auto& ruling : rulings)
      if (!ruling.kept) chain->ruled(ruling.id, ruling.verdict);
    return rulings;
  }
  Verdict verdict(const Buffer& block) { return give(block).back().verdict; }
  void give_all(std::span<const Buffer> blocks) {
    for (const auto& block : blocks) ASSERT_EQ(verdict(block), Verdict::accept) << chain->tip().height;
  }
  bool was_said(std::string_view text) const {
    return std::ranges::any_of(said, [&](const auto& each) { return each.find(text) != std::string::npos; });
  }
  std::vector<Buffer> branch(std::size_t count, u64 tag = 0) const {
    return ledger::branch(chain->genesis(), count, tag);
  }

  const bitcoin::Params* params;
  bitcoin::BitcoinRules rules;
  fs::path directory;
  MemoryLog log;
  std::vector<std::string> said;
  std::optional<ledger::Chain> chain;
  std::unique_ptr<KernelJudge> judge;
};

struct Mainnet : Validation {
  Mainnet() : Validation(bitcoin::mainnet()), file(read_data("mainnet-blocks-0-14131.blk")) {
    for (Reader in(file); in.left() > 0;) {
      in.u32le();
      blocks.push_back(to_buffer(in.take(in.u32le())));
    }
    blocks.erase(blocks.begin());
  }
  static std::size_t some() {
#ifdef __SANITIZE_ADDRESS__
    return 3000;
#else
    return 14'131;
#endif
  }

  Buffer file;
  std::vector<Buffer> blocks;
};

/// `block` with an output more that spends `spent` of block `from`, which nobody can.
Buffer with_bad_spend(const Buffer& block, const Buffer& from) {
  Reader coinbase_of(from);
  coinbase_of.take(bitcoin::header_size + 1);
  const auto coinbase = bitcoin::read_tx(coinbase_of);
  Buffer tx;
  Writer(tx)
      .u32le(1)
      .byte(1)
      .bytes(coinbase.id)
      .u32le(0)
      .byte(1)
      .byte(0x51)
      .u32le(0xffffffff)
      .byte(1)
      .u64le(1000)
      .byte(1)
      .byte(0x51);
  Writer(tx).u32le(0);
  Reader own(block);
  auto header = *bitcoin::parse_header(own.take(bitcoin::header_size));
  own.byte();
  const auto first = Bytes(block).subspan(bitcoin::header_size + 1);
  header.merkle_root = bitcoin::merkle({bitcoin::read_tx(own).id, crypto::sha256d(tx)}).root;
  Buffer head;
  do head = encode(header), ++header.nonce;
  while (!bitcoin::proves_work(bitcoin::regtest(), bitcoin::id_of(head), header.bits));
  head.push_back(2);
  append(head, first);
  append(head, tx);
  return head;
}

TEST_F(Mainnet, the_real_chain_is_valid_and_can_be_read_back_and_is_there_again) {
  open();
  const auto all = std::span(blocks).first(some());
  give_all(all);
  EXPECT_EQ(chain->tip().height, some());
  EXPECT_TRUE(judge->flush());
  EXPECT_EQ(log.size(), 0u) << "a second copy of the blocks stays";
  for (const std::size_t i : {std::size_t{0}, std::size_t{169}, some() - 1})
    EXPECT_TRUE(equal(judge->block(ledger::id_of(blocks[i]))->bytes(), blocks[i]));
  EXPECT_TRUE(equal(judge->block(chain->genesis().id)->bytes(), params->genesis_block));
  EXPECT_FALSE(judge->block(Hash{}));
  const auto tip = chain->tip();
  open();
  EXPECT_EQ(chain->tip(), tip);
}

TEST_F(Mainnet, a_block_file_of_a_node_without_full_validation_is_taken_and_then_emptied) {
  log = MemoryLog(to_buffer(Bytes(file).first(250'000)));
  open();
  EXPECT_GT(chain->tip().height, 1000u);
  EXPECT_EQ(log.size(), 0u);
  EXPECT_TRUE(was_said("blocks that were not in the index"));
  EXPECT_TRUE(was_said("torn bytes"));
  EXPECT_TRUE(equal(judge->block(ledger::id_of(blocks[500]))->bytes(), blocks[500]));
}

TEST_F(Mainnet, any_flipped_bit_of_a_body_is_a_bad_copy_and_the_genuine_block_is_still_accepted) {
  open();
  give_all(std::span(blocks).first(169));
  for (std::size_t bit = 8 * bitcoin::header_size; bit < 8 * blocks[169].size(); ++bit) {
    auto copy = blocks[169];
    copy[bit / 8] ^= static_cast<u8>(1 << bit % 8);
    ASSERT_EQ(verdict(copy), Verdict::corrupt) << bit;
  }
  auto longer = blocks[169];
  longer.push_back(0);
  EXPECT_EQ(verdict(longer), Verdict::corrupt);
  auto shorter = blocks[169];
  shorter.pop_back();
  EXPECT_EQ(verdict(shorter), Verdict::corrupt);
  EXPECT_EQ(verdict(blocks[169]), Verdict::accept);
}

TEST_F(Validation, a_longer_branch_is_ruled_on_when_it_overtakes) {
  open();
  give_all(branch(5));
  const auto others = branch(7, 1);
  for (std::size_t i = 0; i < 5; ++i) {
    const auto rulings = give(others[i]);
    ASSERT_EQ(rulings.size(), 1u);
    EXPECT_TRUE(rulings[0].kept);
    EXPECT_EQ(rulings[0].verdict, Verdict::later);
    EXPECT_FALSE(judge->block(rulings[0].id)) << "served before it was ruled on";
  }
  const auto rulings = give(others[5]);
  ASSERT_EQ(rulings.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(rulings[i].id, ledger::id_of(others[i]));
    EXPECT_EQ(rulings[i].verdict, Verdict::accept);
  }
  EXPECT_EQ(verdict(others[6]), Verdict::accept);
  EXPECT_EQ(chain->tip().id, ledger::id_of(others[6]));
  EXPECT_TRUE(judge->block(ledger::id_of(others[2])));
  const auto tip = chain->tip();
  kill();
  open();
  EXPECT_EQ(chain->tip(), tip);
}

TEST_F(Validation, a_block_whose_parent_is_unknown_waits) {
  open();
  const auto blocks = branch(2);
  ASSERT_TRUE(chain->take(1, ledger::headers_of(blocks), late));
  const auto rulings = give(blocks[1]);
  EXPECT_EQ(rulings[0].verdict, Verdict::later);
  EXPECT_FALSE(rulings[0].kept);
  give_all(blocks);
}

TEST_F(Validation, a_script_that_fails_spoils_its_block_and_what_stands_on_it) {
  open();
  const auto good = branch(103);
  give_all(good);
  // Two blocks below the tip: kept unseen, and found bad when its child overtakes.
  const auto bad = with_bad_spend(ledger::branch(*chain->find(ledger::id_of(good[100])), 1, 9)[0], good[0]);
  const std::vector<Buffer> header{to_buffer(ledger::header_of(bad))};
  ASSERT_TRUE(chain->take(1, header, late));
  EXPECT_TRUE(give(bad).back().kept);
  const auto children = ledger::branch(*chain->find(ledger::id_of(bad)), 3);
  EXPECT_TRUE(give(children[0]).back().kept);
  const auto rulings = give(children[1]);
  // The blocks that were the tip's before are connected again.
  ASSERT_EQ(rulings.size(), 4u);
  EXPECT_EQ(rulings[0].id, ledger::id_of(bad));
  EXPECT_EQ(rulings[0].verdict, Verdict::reject);
  EXPECT_EQ(rulings[1].verdict, Verdict::accept);
  EXPECT_EQ(rulings[2].verdict, Verdict::accept);
  EXPECT_EQ(rulings[3].verdict, Verdict::reject);
  EXPECT_EQ(chain->state(ledger::id_of(children[0])), ledger::BlockState::invalid);
  EXPECT_EQ(chain->tip().id, ledger::id_of(good.back()));
  EXPECT_TRUE(was_said("is refused"));

  // On the tip it is refused at once.
  const auto next = with_bad_spend(ledger::branch(chain->tip(), 1, 8)[0], good[0]);
  EXPECT_EQ(verdict(next), Verdict::reject);
  const auto size = log.size();
  EXPECT_EQ(verdict(next), Verdict::reject);
  EXPECT_EQ(log.size(), size) << "a bad block was kept";
  give_all(ledger::branch(chain->tip(), 1, 7));
}

TEST_F(Validation, nothing_accepted_is_lost_when_the_process_is_killed) {
  open();
  const auto blocks = branch(40);
  give_all(std::span(blocks).first(10));
  kill();
  open();
  EXPECT_EQ(chain->tip().height, 10u);
  EXPECT_EQ(log.size(), 0u);
  give_all(std::span(blocks).subspan(10));
  kill();
  // And a torn record behind them.
  ASSERT_TRUE(log.append(Buffer(50, 7)));
  open();
  EXPECT_EQ(chain->tip().height, 40u);
  EXPECT_TRUE(was_said("50 torn bytes"));
}

TEST_F(Validation, the_log_begins_anew_at_its_limit) {
  ASSERT_TRUE(try_open(1000));
  const auto blocks = branch(40);
  for (const auto& block : blocks) {
    ASSERT_EQ(verdict(block), Verdict::accept);
    EXPECT_LT(judge->log_size(), 1000u + block.size() + 8);
  }
  kill();
  open();
  EXPECT_EQ(chain->tip().height, 40u);
}

TEST_F(Validation, whatever_file_is_damaged_the_chain_comes_back) {
  open();
  const auto blocks = branch(30);
  give_all(blocks);
  judge.reset();
  log = MemoryLog();
  const auto whole = directory / "whole";
  fs::copy(directory / "kernel", whole, fs::copy_options::recursive);
  std::size_t tried = 0;
  for (const auto& entry : fs::recursive_directory_iterator(whole)) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    for (const auto part : {0u, 1u, 2u}) {
      fs::remove_all(directory / "kernel");
      fs::copy(whole, directory / "kernel", fs::copy_options::recursive);
      const auto path = directory / "kernel" / fs::relative(entry.path(), whole);
      if (part < 2) {
        fs::resize_file(path, part * std::min<std::uintmax_t>(entry.file_size() / 2, 3000));
      } else {
        std::ofstream(path, std::ios::binary | std::ios::trunc)
            << std::string(std::min<std::uintmax_t>(entry.file_size(), 100'000), '\x5a');
      }
      SCOPED_TRACE(path.string() + " " + std::to_string(part));
      open_damaged();
      ASSERT_NE(judge, nullptr);
      for (const auto& block : blocks) {
        if (chain->state(ledger::id_of(block)) == ledger::BlockState::accepted) continue;
        ASSERT_EQ(verdict(block), Verdict::accept);
      }
      EXPECT_EQ(chain->tip().height, 30u);
      judge.reset();
      log = MemoryLog();
      ++tried;
    }
  }
  EXPECT_GT(tried, 20u);
}

/// No file may be written beyond its first kilobyte: a full disk, as far as the library can tell.
class FullDisk {
 public:
  FullDisk() {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{1000, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(Validation, a_full_disk_stops_it_and_room_lets_it_go_on) {
  open();
  const auto blocks = branch(30);
  give_all(std::span(blocks).first(10));
  {
    const FullDisk full;
    const auto rulings = give(blocks[10]);
    EXPECT_EQ(rulings.back().verdict, Verdict::later);
    EXPECT_EQ(rulings.back().error.fault, Fault::storage);
    EXPECT_TRUE(was_said("full validation stopped")) << testing::PrintToString(said);
    EXPECT_EQ(verdict(blocks[10]), Verdict::later);
    EXPECT_FALSE(judge->flush());
  }
  give_all(std::span(blocks).subspan(10));
  EXPECT_EQ(chain->tip().height, 30u);
  kill();
  open();
  EXPECT_EQ(chain->tip().height, 30u);
}

TEST_F(Validation, starts_that_never_end_lead_to_other_files_not_to_a_loop) {
  open();
  const auto blocks = branch(3);
  give_all(blocks);
  EXPECT_TRUE(judge->flush());
  judge.reset();
  want_rebuilt(directory / "kernel");
  open();
  EXPECT_EQ(chain->tip().height, 3u);
  EXPECT_TRUE(was_said("is rebuilt from its blocks"));
  judge.reset();
  std::ofstream(directory / "kernel" / "opening") << patience + 1;
  open();
  EXPECT_EQ(chain->tip().height, 0u);
  EXPECT_TRUE(was_said("moved to"));
  EXPECT_TRUE(fs::exists(directory / "kernel.damaged"));
}

TEST_F(Validation, a_directory_that_cannot_be_made_is_named_and_nothing_is_lost) {
  std::ofstream(directory / "kernel") << "a file";
  log = MemoryLog(Buffer(8, 1));
  const auto opened = try_open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().find((directory / "kernel").string()), std::string::npos) << opened.error();
  EXPECT_EQ(log.size(), 8u);
}

}  // namespace
}  // namespace kith::kernel
