// The scripts of real transactions, whole and with a bit flipped.
#include "kernel/scripts.hpp"

#include <gtest/gtest.h>

#include "kernel/spends_test.hpp"

namespace kith::kernel {
namespace {

const std::vector<Spend>& spends() {
  static const auto out = read_spends();
  return out;
}

Buffer flipped(Buffer bytes, std::size_t bit) {
  bytes.at(bit / 8) ^= static_cast<u8>(1 << bit % 8);
  return bytes;
}

TEST(Scripts, every_transaction_of_a_real_block_is_valid) {
  ASSERT_EQ(spends().size(), 419u);
  std::size_t inputs = 0;
  for (const auto& spend : spends()) {
    inputs += spend.spent.size();
    const auto good = check_scripts(spend.tx, spend.spent);
    ASSERT_TRUE(good) << good.error().what << " " << inputs;
  }
  EXPECT_EQ(inputs, 20'817u);
}

TEST(Scripts, none_of_them_is_valid_with_a_flipped_bit_in_what_it_pays) {
  // Some spend what anybody may, with no signature, so that another bit could be flipped unseen.
  for (const auto& spend : spends()) {
    Reader in(spend.tx);
    const auto script = ledger::bitcoin::read_tx(in).scripts.back();
    ASSERT_LT(script.size(), 0xfdu);
    const auto value_end = static_cast<std::size_t>(script.data() - spend.tx.data()) - 1;
    EXPECT_FALSE(check_scripts(flipped(spend.tx, 8 * value_end - 2), spend.spent));
  }
}

TEST(Scripts, a_flipped_bit_anywhere_in_a_signed_transaction_is_refused) {
  const auto& spend = *std::ranges::min_element(spends(), {}, [](const Spend& each) { return each.tx.size(); });
  for (std::size_t bit = 0; bit < 8 * spend.tx.size(); ++bit)
    EXPECT_FALSE(check_scripts(flipped(spend.tx, bit), spend.spent)) << bit;
}

TEST(Scripts, other_bytes_outputs_and_sums_are_refused_by_name) {
  const auto& spend = spends().front();
  const auto fault = [](const auto& result) { return result ? Fault::count : result.error().fault; };
  EXPECT_EQ(fault(check_scripts({}, {})), Fault::malformed);
  EXPECT_EQ(fault(check_scripts(Bytes(spend.tx).first(spend.tx.size() - 1), spend.spent)), Fault::malformed);
  auto longer = spend.tx;
  longer.push_back(0);
  EXPECT_EQ(fault(check_scripts(longer, spend.spent)), Fault::malformed);
  EXPECT_EQ(fault(check_scripts(Buffer(max_tx + 1), {})), Fault::malformed);

  auto fewer = spend.spent;
  fewer.pop_back();
  EXPECT_EQ(fault(check_scripts(spend.tx, fewer)), Fault::bad_item);
  auto poorer = spend.spent;
  for (auto& output : poorer) output.value = 0;
  EXPECT_STREQ(check_scripts(spend.tx, poorer).error().what, "spends more than it has");
  poorer[0].value = 21'000'001ull * 100'000'000ull;
  EXPECT_STREQ(check_scripts(spend.tx, poorer).error().what, "value of inputs");
  auto others = spend.spent;
  others[0].script.push_back(0);
  EXPECT_STREQ(check_scripts(spend.tx, others).error().what, "script");
}

}  // namespace
}  // namespace kith::kernel
