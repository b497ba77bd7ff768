// What base promises: vectors for the dice, a table without holes, readers that never run over, buckets that keep time.
#include <deque>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/error.hpp"
#include "base/fifo.hpp"
#include "base/reader.hpp"
#include "base/recent.hpp"
#include "base/rng.hpp"
#include "base/token_bucket.hpp"
#include "base/writer.hpp"

namespace kith {
namespace {

RC_GTEST_PROP(Fifo, agrees_with_a_deque, (const std::vector<u8>& moves)) {
  Fifo<int> fifo;
  std::deque<int> twin;
  int next = 0;
  for (const u8 move : moves) {
    if (move % 16 == 0) {
      const auto odd = [](int item) { return item % 2 == 1; };
      fifo.erase_if(odd);
      std::erase_if(twin, odd);
    } else if (move % 3 != 0 || twin.empty()) {
      fifo.push_back(next);
      twin.push_back(next++);
    } else {
      RC_ASSERT(fifo.front() == twin.front());
      fifo.pop_front();
      twin.pop_front();
    }
    RC_ASSERT(fifo.size() == twin.size());
    RC_ASSERT(fifo.empty() == twin.empty());
    RC_ASSERT(std::equal(fifo.begin(), fifo.end(), twin.begin(), twin.end()));
    RC_ASSERT(std::equal(fifo.rbegin(), fifo.rend(), twin.rbegin(), twin.rend()));
  }
}

TEST(Bytes, hex_goes_both_ways_and_refuses_the_rest) {
  EXPECT_EQ(to_hex(Buffer{0, 1, 0xab, 0xff}), "0001abff");
  EXPECT_EQ(from_hex("0001ABff"), (Buffer{0, 1, 0xab, 0xff}));
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(Rng, block_function_is_that_of_rfc_8439_section_2_3_2) {
  std::array<u32, 16> state{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0x03020100, 0x07060504,
                            0x0b0a0908, 0x0f0e0d0c, 0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c,
                            1,          0x09000000, 0x4a000000, 0};
  EXPECT_EQ(to_hex(chacha20_block(state)),
            "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
            "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
}

TEST(Rng, stream_of_the_zero_key_is_the_published_one) {
  Rng rng(std::array<u8, 32>{});
  EXPECT_EQ(to_hex(rng.bytes<32>()), "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7");
  rng.bytes<32>();
  EXPECT_EQ(to_hex(rng.bytes<16>()), "9f07e7be5551387a98ba977c732d080d");
}

TEST(Rng, streams_of_one_key_differ_and_draws_stay_in_range) {
  auto a = Rng::seeded(7, 0);
  auto b = Rng::seeded(7, 1);
  EXPECT_NE(a(), b());
  std::array<int, 5> seen{};
  for (int i = 0; i < 1000; ++i) ++seen.at(a.below(5));
  for (const int count : seen) EXPECT_GT(count, 150);
  for (int i = 0; i < 1000; ++i) {
    const auto wait = a.around(10s);
    EXPECT_GE(wait, 5s);
    EXPECT_LT(wait, 15s);
  }
}

TEST(ErrorTable, only_a_peers_own_faults_cost_it_and_a_ban_also_closes) {
  for (u8 i = 0; i < static_cast<u8>(Fault::count); ++i) {
    const auto& entry = row(static_cast<Fault>(i));
    EXPECT_FALSE(entry.text.empty()) << entry.name;
    if (entry.debtor != Debtor::peer) {
      EXPECT_EQ(entry.weight, 0) << entry.name;
    }
    if (entry.weight >= ban_score) {
      EXPECT_TRUE(entry.closes) << entry.name;
    }
  }
}

TEST(Reader, is_sticky_after_the_first_value_that_is_missing) {
  const Buffer bytes{1, 2, 3};
  Reader in(bytes);
  EXPECT_EQ(in.u16be(), 0x0102);
  EXPECT_EQ(in.u32be(), 0u);
  EXPECT_EQ(in.byte(), 0);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.done("x").error().fault, Fault::malformed);
}

RC_GTEST_PROP(Reader, reads_back_what_writer_wrote_and_no_truncation_of_it, (u16 a, u32 b, u64 c, Buffer tail)) {
  Buffer out;
  Writer(out).u16be(a).u24be(b & 0xffffff).u32le(b).u64be(c).u64le(c).byte(7).bytes(tail);
  const auto read = [&](Bytes bytes) {
    Reader in(bytes);
    const bool same = in.u16be() == a && in.u24be() == (b & 0xffffff) && in.u32le() == b && in.u64be() == c &&
                      in.u64le() == c && in.byte() == 7 && equal(in.take(tail.size()), tail);
    return same && in.complete();
  };
  RC_ASSERT(read(out));
  for (std::size_t size = 0; size < out.size(); ++size) RC_ASSERT(!read(Bytes(out).first(size)));
}

TEST(TokenBucket, gives_its_burst_at_once_and_its_rate_after) {
  Time now{1s};
  TokenBucket bucket(2, 5, now);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(bucket.take(now));
  EXPECT_FALSE(bucket.take(now));
  EXPECT_FALSE(bucket.take(now + 499ms));
  EXPECT_TRUE(bucket.take(now + 500ms));
  EXPECT_EQ(bucket.level(now + 1h), 5u);
  EXPECT_FALSE(bucket.take(now + 2h, 6));
  bucket.grant(100);
  EXPECT_EQ(bucket.level(now + 2h), 10u);
}

TEST(TokenBucket, time_that_stands_still_or_is_endless_overflows_nothing) {
  TokenBucket bucket(1'000'000'000, 1'000'000'000, Time{});
  EXPECT_TRUE(bucket.take(Time{}, 1'000'000'000));
  EXPECT_EQ(bucket.level(never), 1'000'000'000u);
  EXPECT_TRUE(bucket.take(Time{}, 1));
}

TEST(Recent, forgets_by_count_and_by_age) {
  Recent<int> recent(2, 10s);
  Time now{1s};
  EXPECT_TRUE(recent.insert(now, 1));
  EXPECT_FALSE(recent.insert(now, 1));
  EXPECT_TRUE(recent.insert(now + 1s, 2));
  EXPECT_TRUE(recent.insert(now + 2s, 3));
  EXPECT_FALSE(recent.contains(now + 2s, 1));
  EXPECT_TRUE(recent.contains(now + 11s, 2));
  EXPECT_FALSE(recent.contains(now + 12s, 2));
  EXPECT_EQ(recent.size(), 1u);
}

}  // namespace
}  // namespace kith
