// Of a protocol in several versions two nodes use the highest that both speak, and nothing else is touched.
#include "core/versions.hpp"

#include <gtest/gtest.h>

namespace kith::core {
namespace {

std::vector<std::string> used(const std::vector<std::string>& texts) {
  std::vector<Name> names;
  std::vector<u16> shared;
  for (const auto& text : texts) {
    shared.push_back(static_cast<u16>(names.size()));
    names.push_back({text, 100, Priority::item});
  }
  std::vector<std::string> out;
  for (const u16 name : newest(names, shared)) out.push_back(names[name].text);
  return out;
}
using Texts = std::vector<std::string>;

TEST(Versions, the_highest_of_each_protocol_stays_whatever_the_order) {
  EXPECT_EQ(used({"ping/1", "gossip/1", "ping/2", "gossip/10", "gossip/9"}), (Texts{"ping/2", "gossip/10"}));
  EXPECT_EQ(used({"ping/2", "ping/1"}), Texts{"ping/2"});
  EXPECT_EQ(used({}), Texts{});
}

TEST(Versions, names_without_a_plain_number_are_protocols_of_their_own) {
  const Texts odd{"ping",  "ping/", "ping/x", "ping/01", "ping/+2", "ping/ 3", "ping/99999999999999999999",
                  "a/b/1", "a/1"};
  EXPECT_EQ(used(odd), odd);
}

TEST(Versions, only_what_both_speak_counts) {
  const std::vector<Name> names{{"ping/1", 100}, {"ping/2", 100}};
  EXPECT_EQ(newest(names, {0}), std::vector<u16>{0});
}

}  // namespace
}  // namespace kith::core
