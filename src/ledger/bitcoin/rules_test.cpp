// The rules that look back: what a header may carry after the two weeks before it.
#include "ledger/bitcoin/rules.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "ledger/bitcoin/header.hpp"
#include "ledger/bitcoin/target.hpp"
#include "ledger/chain.hpp"

namespace kith::ledger::bitcoin {
namespace {

constexpr u32 genesis_time = 1231006505;
constexpr Utc now = Utc{std::chrono::hours{24 * 365 * 60}};

/// A network's rules for headers that nobody has to mine.
class Unmined : public BitcoinRules {
 public:
  using BitcoinRules::BitcoinRules;
  Result<Parsed> parse(Bytes bytes) const override {
    const auto header = parse_header(bytes);
    if (!header) return std::unexpected(header.error());
    Work one;
    one.bytes[31] = 1;
    return Parsed{.id = id_of(bytes),
                  .parent = header->parent,
                  .work = one,
                  .time = header->time,
                  .bits = header->bits,
                  .version = header->version};
  }
};

struct Branch {
  Unmined rules;
  Chain chain{rules, {}};

  explicit Branch(const Params& params) : rules(params) {}

  /// The next header, dated `time`.
  Result<Taken> add(i64 time, u32 bits) {
    const std::vector<Buffer> one{
        encode({.version = 0x20000000, .parent = chain.best().id, .time = static_cast<u32>(time), .bits = bits})};
    return chain.take(1, one, now);
  }
  i64 last_time() const { return chain.parsed(chain.best().id)->time; }
};

struct Interval : testing::Test, Branch {
  Interval() : Branch(mainnet()) {}
  Result<Taken> put(u32 height, u32 bits) { return add(genesis_time + 300 * i64{height}, bits); }
};

TEST_F(Interval, difficulty_is_measured_from_the_first_block_of_the_interval_to_its_last) {
  for (u32 height = 1; height < 2016; ++height) ASSERT_TRUE(put(height, 0x1d00ffff)) << height;
  // 2015 steps of 300 s, not 2016 and not 2014, worked out by hand.
  EXPECT_EQ(put(2016, 0x1d00ffff).error().fault, Fault::bad_header);
  EXPECT_EQ(put(2016, 0x1c7fdefe).error().fault, Fault::bad_header);
  EXPECT_TRUE(put(2016, 0x1c7fef3f));
  EXPECT_EQ(put(2017, 0x1d00ffff).error().fault, Fault::bad_header);
  EXPECT_TRUE(put(2017, 0x1c7fef3f));
}

struct Eased : testing::Test, Branch {
  static constexpr u32 easy = 0x1d00ffff;

  Eased() : Branch(testnet4()) {
    // 2015 steps of five minutes: half of what they should take.
    for (u32 height = 1; height < 2016; ++height) EXPECT_TRUE(add(last_time() + 302, easy)) << height;
    EXPECT_EQ(add(last_time() + 302, easy).error().fault, Fault::bad_header);
    const auto span = last_time() - chain.parsed(chain.genesis().id)->time;
    usual = retarget(testnet4(), easy, span);
    EXPECT_TRUE(add(last_time() + 302, usual));
  }
  u32 usual = 0;
};

TEST_F(Eased, a_block_after_twenty_minutes_is_easy_and_the_next_one_is_not) {
  ASSERT_NE(usual, easy);
  EXPECT_FALSE(add(last_time() + easy_after, easy)) << "exactly twenty minutes";
  EXPECT_TRUE(add(last_time() + easy_after, usual));
  EXPECT_FALSE(add(last_time() + easy_after + 1, usual));
  EXPECT_TRUE(add(last_time() + easy_after + 1, easy));
  EXPECT_TRUE(add(last_time() + easy_after + 1, easy));
  EXPECT_FALSE(add(last_time() + 600, easy)) << "it returns to the difficulty before the easy ones";
  EXPECT_TRUE(add(last_time() + 600, usual));
}

TEST_F(Eased, an_interval_that_ends_with_an_easy_block_loses_nothing_by_it) {
  for (u32 height = 2017; height < 4031; ++height) ASSERT_TRUE(add(last_time() + 600, usual)) << height;
  ASSERT_TRUE(add(last_time() + easy_after + 1, easy));
  const auto begin = chain.parsed(chain.ancestor(chain.best().id, 2016)->id);
  const u32 next = retarget(testnet4(), usual, last_time() - begin->time);
  EXPECT_FALSE(add(last_time() + 600, retarget(testnet4(), easy, last_time() - begin->time)));
  EXPECT_FALSE(add(last_time() - max_timewarp - 1, next)) << "it begins before the end of the one before it";
  EXPECT_TRUE(add(last_time() - max_timewarp, next));
}

TEST(Networks, are_known_by_the_names_of_their_first_blocks) {
  const auto id = [](const Params& params) {
    return to_display(id_of(Bytes(params.genesis_block).first(header_size)));
  };
  EXPECT_EQ(id(testnet4()), "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043");
  EXPECT_EQ(id(signet()), "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6");
  EXPECT_EQ(id(simnet()), "683e86bd5c6d110d91b94b97137ba6bfe02dbbdb8e3dff722a669b5d69d77af6");
  for (const auto* params : {&testnet4(), &signet(), &simnet()})
    EXPECT_TRUE(BitcoinRules(*params).parse(Bytes(params->genesis_block).first(header_size))) << params->name;
}

TEST(Networks, the_first_headers_of_signet_keep_its_rules) {
  std::ifstream in(KITH_SOURCE_DIR "/data/signet-headers.bin", std::ios::binary);
  const Buffer file(std::istreambuf_iterator<char>(in), {});
  ASSERT_EQ(file.size(), 2016 * header_size);
  BitcoinRules rules(signet());
  Chain chain(rules, {});
  std::vector<Buffer> headers;
  for (std::size_t i = 1; i < 2016; ++i)
    headers.push_back(to_buffer(Bytes(file).subspan(i * header_size, header_size)));
  EXPECT_TRUE(chain.take(1, std::span(headers).first(max_headers), now));
  EXPECT_TRUE(chain.take(1, std::span(headers).subspan(max_headers), now));
  EXPECT_EQ(chain.best().height, 2015U);
}

}  // namespace
}  // namespace kith::ledger::bitcoin
