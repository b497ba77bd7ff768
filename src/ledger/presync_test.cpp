// Cheap headers: a source pays with the work of a whole chain before one header of it is kept.
#include "ledger/presync.hpp"

#include <gtest/gtest.h>

#include "base/writer.hpp"
#include "crypto/hash.hpp"
#include "ledger/chain.hpp"

namespace kith::ledger {
namespace {

constexpr Utc now = Utc{std::chrono::hours{24 * 365 * 30}};

Work work_of(u32 amount) {
  Work out;
  for (std::size_t i = 0; i < 4; ++i) out.bytes[31 - i] = static_cast<u8>(amount >> 8 * i);
  return out;
}

/// Headers that cost nothing: parent and a number. Each is worth a unit of work.
class ToyRules : public Rules {
 public:
  Buffer genesis_header() const override { return Buffer(40); }
  Result<Parsed> parse(Bytes header) const override {
    if (header.size() != 40) return fail(Fault::malformed, "toy header");
    return Parsed{.id = crypto::sha256(header), .parent = take_array<32>(header), .work = work_of(1)};
  }
  Result<> check(const Chain&, const BlockRef&, const Parsed&, Utc) const override { return {}; }
  bool may_follow(const Parsed&, const Parsed&, u32) const override { return !stern; }
  Result<Bytes> header_of(Bytes block) const override { return block; }

  bool stern = false;
};

/// A branch of toy headers; `number` tells branches apart.
struct Branch {
  Hash last;
  u64 number = 0;

  std::vector<Buffer> next(std::size_t count = max_headers) {
    std::vector<Buffer> out;
    for (std::size_t i = 0; i < count; ++i) {
      Buffer header = to_buffer(last);
      Writer(header).u64be(number);
      last = crypto::sha256(header);
      out.push_back(std::move(header));
    }
    return out;
  }
};

struct Presyncing : testing::Test {
  ToyRules rules;
  Chain chain{rules, {.minimum_work = work_of(40'001), .secret = {1, 2, 3}}};

  Branch grow(u64 number) const { return {chain.genesis().id, number}; }
  /// Feeds the first pass of `branch` from source 1, up to the minimum work.
  void first_pass(Branch branch) {
    for (int i = 0; i < 20; ++i) {
      const auto headers = branch.next();
      const auto taken = chain.take(1, headers, now);
      ASSERT_TRUE(taken && taken->more);
      ASSERT_FALSE(taken->last);
    }
    ASSERT_EQ(chain.size(), 1u);
  }
};

TEST_F(Presyncing, a_chain_with_enough_work_is_downloaded_twice_and_then_kept) {
  auto branch = grow(1);
  for (int i = 0; i < 20; ++i) {
    const auto headers = branch.next();
    const auto taken = chain.take(1, headers, now);
    ASSERT_TRUE(taken && taken->more);
    EXPECT_EQ(taken->locator.front(), i < 19 ? branch.last : chain.genesis().id);
    EXPECT_EQ(taken->locator.back(), chain.genesis().id);
    EXPECT_EQ(chain.size(), 1u);
  }
  auto again = grow(1);
  std::size_t added = 0;
  for (int i = 0; i < 20; ++i) {
    const auto headers = again.next();
    const auto taken = chain.take(1, headers, now);
    ASSERT_TRUE(taken && taken->more);
    EXPECT_EQ(taken->locator.front(), again.last);
    added += taken->added;
  }
  EXPECT_EQ(added, 40'000u);
  EXPECT_EQ(chain.best().id, again.last);
  EXPECT_EQ(chain.presync_bytes(), 0u);
  const auto rest = again.next(5);
  EXPECT_EQ(chain.take(1, rest, now)->last->height, 40'005u);
}

TEST_F(Presyncing, a_million_cheap_headers_cost_bits) {
  const ToyRules toy;
  Chain strict(toy, {.minimum_work = work_of(2'000'000), .secret = {}});
  auto branch = grow(1);
  for (int i = 0; i < 500; ++i) {
    const auto headers = branch.next();
    ASSERT_TRUE(strict.take(1, headers, now));
  }
  EXPECT_EQ(strict.size(), 1u);
  EXPECT_LT(strict.presync_bytes(), 2000u);
  const auto last = branch.next(100);
  EXPECT_EQ(strict.take(1, last, now).error().fault, Fault::low_work);
  EXPECT_EQ(strict.presync_bytes(), 0u);
}

TEST_F(Presyncing, another_chain_in_the_second_pass_is_not_kept) {
  first_pass(grow(1));
  auto other = grow(2);
  bool failed = false;
  for (int i = 0; i < 20 && !failed; ++i) {
    const auto headers = other.next();
    const auto taken = chain.take(1, headers, now);
    failed = !taken;
    if (failed) {
      EXPECT_EQ(taken.error().fault, Fault::low_work);
    }
  }
  EXPECT_TRUE(failed);
  EXPECT_EQ(chain.size(), 1u);
  EXPECT_EQ(chain.presync_bytes(), 0u);
}

TEST_F(Presyncing, the_second_pass_holds_no_more_than_its_buffer) {
  first_pass(grow(1));
  auto again = grow(1);
  for (int i = 0; i < 15; ++i) {
    const auto headers = again.next();
    ASSERT_TRUE(chain.take(1, headers, now));
    const std::size_t taken = static_cast<std::size_t>(i + 1) * max_headers;
    EXPECT_EQ(chain.size(), 1 + (taken > presync_buffer ? taken - presync_buffer : 0));
  }
}

TEST_F(Presyncing, a_light_chain_that_ends_is_refused_without_blame) {
  auto branch = grow(1);
  const auto few = branch.next(100);
  EXPECT_EQ(chain.take(1, few, now).error().fault, Fault::low_work);
  EXPECT_EQ(row(Fault::low_work).weight, 0);
  EXPECT_EQ(chain.size(), 1u);
  first_pass(grow(1));
  auto again = grow(1);
  const auto cut = again.next(1999);
  EXPECT_EQ(chain.take(1, cut, now).error().fault, Fault::low_work);
  EXPECT_EQ(chain.size(), 1u);
}

TEST_F(Presyncing, sources_do_not_share_their_passes_and_are_forgotten) {
  auto branch = grow(1);
  const auto first = branch.next();
  const auto second = branch.next();
  ASSERT_TRUE(chain.take(1, first, now));
  EXPECT_EQ(chain.take(2, second, now).error().fault, Fault::unconnected);
  EXPECT_GT(chain.presync_bytes(), 0u);
  chain.forget(1);
  EXPECT_EQ(chain.presync_bytes(), 0u);
  EXPECT_EQ(chain.take(1, second, now).error().fault, Fault::unconnected);
}

TEST_F(Presyncing, an_announcement_between_two_batches_breaks_nothing) {
  auto branch = grow(1);
  const auto first = branch.next();
  const auto second = branch.next();
  auto elsewhere = grow(2);
  elsewhere.next(5);
  const auto unconnected = elsewhere.next(1);
  ASSERT_TRUE(chain.take(1, first, now));
  EXPECT_EQ(chain.take(1, unconnected, now).error().fault, Fault::unconnected);
  EXPECT_TRUE(chain.take(1, second, now));
}

TEST_F(Presyncing, the_number_of_sources_has_a_limit) {
  auto branch = grow(1);
  const auto headers = branch.next();
  std::size_t full = 0;
  for (u64 source = 0; source < max_presyncs + 20; ++source) {
    ASSERT_TRUE(chain.take(source, headers, now));
    if (source + 1 == max_presyncs) full = chain.presync_bytes();
  }
  EXPECT_EQ(chain.presync_bytes(), full);
}

TEST_F(Presyncing, a_chain_that_is_longer_than_time_allows_ends_it) {
  const ToyRules toy;
  Chain strict(toy, {.minimum_work = work_of(2'000'000), .secret = {}});
  auto branch = grow(1);
  const Utc early = from_seconds(0);
  std::size_t taken = 0;
  while (true) {
    const auto headers = branch.next();
    if (!strict.take(1, headers, early)) break;
    taken += headers.size();
    ASSERT_LT(taken, 100'000u);
  }
  EXPECT_GT(taken, 40'000u);
}

TEST_F(Presyncing, a_difficulty_that_cannot_follow_is_a_bad_header) {
  rules.stern = true;
  auto branch = grow(1);
  const auto headers = branch.next();
  EXPECT_EQ(chain.take(1, headers, now).error().fault, Fault::bad_header);
  EXPECT_EQ(chain.presync_bytes(), 0u);
}

TEST_F(Presyncing, without_a_minimum_headers_are_kept_at_once_and_what_was_kept_once_needs_none) {
  Chain open(rules, {});
  auto branch = grow(1);
  const auto headers = branch.next();
  EXPECT_EQ(open.take(1, headers, now)->added, max_headers);
  EXPECT_EQ(chain.keep(headers[0], now)->height, 1u);
  EXPECT_EQ(chain.keep(headers[0], now)->height, 1u);
  EXPECT_EQ(chain.keep(headers[5], now).error().fault, Fault::unconnected);
}

}  // namespace
}  // namespace kith::ledger
