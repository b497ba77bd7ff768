// What admission promises: a group that floods is refused by its own limits and leaves room for the others.
#include "peers/limits.hpp"

#include <gtest/gtest.h>

namespace kith::peers {
namespace {

const Time start = Time{} + 1h;

Ip in_group(u64 group, u8 host = 1) {
  return Ip::v4(static_cast<u8>(11 + group / 256), static_cast<u8>(group), 0, host);
}

TEST(Admission, names_the_limit_that_it_refuses_for) {
  const LimitsConfig config;
  Admission admission(config, start);
  EXPECT_TRUE(admission.admit(start, in_group(1), {config.pending - 1, config.per_group - 1}));
  const auto pending = admission.admit(start, in_group(1), {.pending = config.pending});
  EXPECT_EQ(pending.error().fault, Fault::no_slot);
  EXPECT_STREQ(pending.error().what, "inbound handshakes at once");
  const auto group = admission.admit(start, in_group(1), {.in_group = config.per_group});
  EXPECT_STREQ(group.error().what, "inbound connections of one group");
  EXPECT_FALSE(admission.full(config.inbound - 1));
  EXPECT_TRUE(admission.full(config.inbound));
}

TEST(Admission, one_group_that_floods_spends_its_own_tokens_and_not_those_of_others) {
  const LimitsConfig config;
  Admission admission(config, start);
  u64 admitted = 0;
  for (int i = 0; i < 10'000; ++i) admitted += admission.admit(start, in_group(1, static_cast<u8>(i)), {}) ? 1u : 0u;
  EXPECT_EQ(admitted, config.group_handshakes_burst);
  EXPECT_TRUE(admission.admit(start, in_group(2), {}));
  EXPECT_FALSE(admission.admit(start, in_group(1), {}));
  EXPECT_TRUE(admission.admit(start + 1s, in_group(1), {}));
}

TEST(Admission, all_groups_together_have_a_rate) {
  const LimitsConfig config;
  Admission admission(config, start);
  u64 admitted = 0;
  for (u64 group = 0; group < 1000; ++group) admitted += admission.admit(start, in_group(group), {}) ? 1u : 0u;
  EXPECT_EQ(admitted, config.handshakes_burst);
}

TEST(Admission, remembers_so_many_groups_and_lets_others_in_again_when_those_are_idle) {
  LimitsConfig config;
  config.handshakes_burst = config.handshakes_per_second = 1'000'000;
  Admission admission(config, start);
  for (u64 group = 0; group < max_group_buckets; ++group) EXPECT_TRUE(admission.admit(start, in_group(group), {}));
  EXPECT_STREQ(admission.admit(start, in_group(max_group_buckets), {}).error().what, "groups that knock at once");
  EXPECT_TRUE(admission.admit(start, in_group(0), {}));
  EXPECT_TRUE(admission.admit(start + 1min, in_group(max_group_buckets), {}));
}

}  // namespace
}  // namespace kith::peers
