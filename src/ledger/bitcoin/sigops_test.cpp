// Signature operations, counted where they stand.
#include "ledger/bitcoin/sigops.hpp"

#include <gtest/gtest.h>

#include "ledger/bitcoin/spending_for_test.hpp"

namespace kith::ledger::bitcoin {
namespace {

Buffer with_bytes(std::initializer_list<int> head, std::size_t zeros, std::initializer_list<int> tail = {}) {
  Buffer out;
  for (const int byte : head) out.push_back(static_cast<u8>(byte));
  out.resize(out.size() + zeros);
  for (const int byte : tail) out.push_back(static_cast<u8>(byte));
  return out;
}

u32 cost(const Spending& tx, const Buffer& spent) {
  const auto bytes = tx.encoded();
  return sigop_cost(parsed(bytes), std::vector<Coin>{{1, spent}});
}

TEST(Sigops, are_counted_by_opcode_and_not_in_what_is_pushed) {
  EXPECT_EQ(count_sigops(Buffer{0xac, 0xad}, false), 2u);
  EXPECT_EQ(count_sigops(Buffer{0xae, 0xaf}, false), 40u);
  EXPECT_EQ(count_sigops(Buffer{0x52, 0xae}, false), 20u);
  EXPECT_EQ(count_sigops(Buffer{0x52, 0xae}, true), 2u);
  EXPECT_EQ(count_sigops(Buffer{0x60, 0xaf}, true), 16u);
  EXPECT_EQ(count_sigops(Buffer{0x61, 0xaf}, true), 20u);
  EXPECT_EQ(count_sigops(Buffer{0x00, 0xae}, true), 20u);
  EXPECT_EQ(count_sigops(Buffer{0x02, 0xac, 0xac, 0xac}, false), 1u);
  EXPECT_EQ(count_sigops(Buffer{0x4c, 0x01, 0xac, 0xac}, false), 1u);
  EXPECT_EQ(count_sigops(Buffer{0x4d, 0x01, 0x00, 0xac, 0xac}, false), 1u);
  EXPECT_EQ(count_sigops(Buffer{0x4e, 0x01, 0x00, 0x00, 0x00, 0xac, 0xac}, false), 1u);
  EXPECT_EQ(count_sigops(Buffer{0xac, 0x05, 0xac}, false), 1u) << "what is cut off ends the count";
  EXPECT_EQ(count_sigops({}, true), 0u);
}

TEST(Sigops, of_a_transaction_weigh_four_and_one_in_a_witness) {
  const Spending plain{.inputs = {Outpoint{1}}};
  EXPECT_EQ(cost(plain, {0xac}), 0u) << "what is spent was counted when it was made";
  auto tx = plain;
  tx.script = {0xac};
  tx.input_script = {0xac, 0xac};
  EXPECT_EQ(cost(tx, {}), 12u);

  const auto script_hash = with_bytes({0xa9, 20}, 20, {0x87});
  const auto key_program = with_bytes({0, 20}, 20);
  const auto script_program = with_bytes({0, 32}, 32);
  auto hashed = plain;
  hashed.input_script = {0x51, 0x02, 0x53, 0xae};
  EXPECT_EQ(cost(hashed, script_hash), 12u);
  EXPECT_EQ(cost(hashed, {0x51}), 0u);
  hashed.input_script.insert(hashed.input_script.begin(), 0x61);
  EXPECT_EQ(cost(hashed, script_hash), 0u) << "it does more than push";

  auto witness = plain;
  witness.witness = {0x53, 0xae};
  EXPECT_EQ(cost(witness, script_program), 3u);
  EXPECT_EQ(cost(witness, key_program), 1u);
  EXPECT_EQ(cost(witness, with_bytes({0x51, 32}, 32)), 0u);
  EXPECT_EQ(cost(witness, with_bytes({0, 31}, 31)), 0u);
  EXPECT_EQ(cost(plain, script_program), 0u);
  witness.input_script = with_bytes({34, 0, 32}, 32);
  EXPECT_EQ(cost(witness, script_hash), 3u);
}

TEST(HashedBytes, are_those_of_the_transaction_for_each_operation_that_no_witness_holds) {
  const auto of = [](const Spending& tx, const Buffer& spent) {
    const auto bytes = tx.encoded();
    return hashed_bytes(parsed(bytes), std::vector<Coin>{{1, spent}});
  };
  const auto script_hash = with_bytes({0xa9, 20}, 20, {0x87});
  auto tx = Spending{.inputs = {Outpoint{1}}};
  EXPECT_EQ(of(tx, {0xac, 0x52, 0xae}), 3 * tx.encoded().size()) << "in what is spent";
  tx.input_script = {0xac};
  EXPECT_EQ(of(tx, {}), tx.encoded().size()) << "in what spends it";
  tx.input_script = {0x51, 0x02, 0x53, 0xae};
  EXPECT_EQ(of(tx, script_hash), 3 * tx.encoded().size()) << "in what is hashed";
  tx.input_script = {};
  const auto bare = tx.encoded().size();
  tx.witness = {0x53, 0xae};
  EXPECT_EQ(of(tx, {0xac}), bare) << "witnesses are not hashed";
  EXPECT_EQ(of(tx, with_bytes({0, 32}, 32)), 0u);
}

}  // namespace
}  // namespace kith::ledger::bitcoin
