// Items say who made them, when and for which network, whoever passes them on.
#include "lean/envelope.hpp"

#include <gtest/gtest.h>

#include "lean/talk_test.hpp"

namespace kith::lean {
namespace {

const Hash network{7};

Buffer signed_by(u8 seed, Utc time = testing::test_utc) {
  Envelope out{.author = {}, .version = 1, .time = time, .protocol = "note", .type = 3, .payload = {1, 2}};
  sign_envelope(out, crypto::Identity(std::array<u8, 32>{seed}), network);
  return encode_envelope(out);
}

core::Kind notes() {
  return authored("note", 100, Priority::item, network, [](const Envelope&) { return Verdict::accept; });
}

TEST(Envelope, counts_in_its_own_network_with_no_bit_changed_and_as_its_authors) {
  const auto good = signed_by(1);
  EXPECT_TRUE(verify_envelope(good, network));
  EXPECT_TRUE(verify_envelope(good, network, true));
  EXPECT_FALSE(verify_envelope(good, Hash{8}));
  for (std::size_t bit = 0; bit < 8 * good.size(); bit += 3) {
    auto bad = good;
    bad[bit / 8] ^= static_cast<u8>(1 << bit % 8);
    EXPECT_FALSE(verify_envelope(bad, network)) << bit;
    EXPECT_NE(envelope_hash(bad), envelope_hash(good)) << bit;
  }
  const auto read = decode_envelope(good, 100);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->author.key, crypto::Identity(std::array<u8, 32>{1}).public_key());
  EXPECT_EQ(read->time, testing::test_utc);
  EXPECT_EQ(read->type, 3U);
  // Somebody else's name in its place is a bit that changed.
  auto stolen = *read;
  stolen.author.key = crypto::Identity(std::array<u8, 32>{2}).public_key();
  EXPECT_FALSE(verify_envelope(encode_envelope(stolen), network));
}

TEST(Envelope, that_is_cut_anywhere_or_larger_than_its_kind_allows_is_none) {
  const auto good = signed_by(1);
  for (std::size_t i = 0; i < good.size(); ++i) EXPECT_FALSE(decode_envelope(Bytes(good).first(i), 100)) << i;
  EXPECT_TRUE(decode_envelope(good, 2));
  EXPECT_FALSE(decode_envelope(good, 1));
}

TEST(Envelope, of_another_kind_or_of_another_day_is_not_looked_at) {
  const auto kind = notes();
  const auto examined = [&](Utc time) { return kind.examine(signed_by(1, time), testing::test_utc).has_value(); };
  EXPECT_TRUE(examined(testing::test_utc - item_past));
  EXPECT_FALSE(examined(testing::test_utc - item_past - 1ms));
  EXPECT_TRUE(examined(testing::test_utc + item_ahead));
  EXPECT_FALSE(examined(testing::test_utc + item_ahead + 1ms));
  const auto other = authored("vote", 100, Priority::item, network, [](const Envelope&) { return Verdict::accept; });
  EXPECT_FALSE(other.examine(signed_by(1), testing::test_utc));
}

TEST(Envelope, whose_signature_is_nobodys_is_not_judged_by_the_application) {
  EXPECT_EQ(notes().judge(signed_by(1)), Verdict::accept);
  auto bad = signed_by(1);
  bad.back() ^= 1;
  EXPECT_EQ(notes().judge(bad), Verdict::reject);
}

}  // namespace
}  // namespace kith::lean
