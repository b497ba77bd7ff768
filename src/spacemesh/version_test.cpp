// Versions: each that the original was asked about, and why it refuses.
#include "spacemesh/version.hpp"

#include "spacemesh/profile.hpp"
#include "spacemesh/vectors_test.hpp"

namespace kith::spacemesh {
namespace {

/// What we call the error that the original gives.
std::string_view reason(const std::string& theirs) {
  if (theirs.find("invalid client version") != std::string::npos) return "parts of a version";
  if (theirs.find("isn't valid") != std::string::npos) return "fields of a version";
  if (theirs.find("could not read") != std::string::npos) return "number in a version";
  if (theirs.find("error comparing") != std::string::npos) return "spelling of a version";
  return "";
}

TEST(Version, is_taken_and_refused_as_by_the_original) {
  for (const auto& each : list(vectors("version"))) {
    const auto version = text(each.at("version")), least = text(each.at("min"));
    const auto result = at_least(version, least);
    EXPECT_EQ(result ? "" : result.error().what, reason(text(each.at("error")))) << version;
    EXPECT_EQ(result && *result, each.at("accepted").as_bool()) << version;
    EXPECT_EQ(check_version(version, least).has_value(), each.at("accepted").as_bool()) << version;
  }
}

TEST(Version, each_number_has_eight_bits_with_a_sign) {
  EXPECT_EQ(at_least("127.0.0", "0.0.2").value(), true);
  EXPECT_EQ(at_least("-128.0.0", "0.0.2").value(), false);
  for (const char* bad : {"128.0.0", "-129.0.0", "1..0", "1.0.", ".0.0", "1.0.x", "x.0.0", "1.+-1.0", "1.--1.0",
                          "1.0x.0", "1. 0.0", "0x1.0.0", "99999999999999999999.0.0", "1,0.0.0"})
    EXPECT_EQ(fault(at_least(bad, "0.0.2")), Fault::wrong_network) << bad;
  EXPECT_EQ(at_least("0.0.0000000003", "0.0.2").value(), true) << "zeros in front are no digits";
}

TEST(Version, all_numbers_are_read_before_any_decides) {
  EXPECT_FALSE(at_least("1.0.x", "0.0.2"));
  EXPECT_FALSE(at_least("1.0.0", "0.0.x"));
  EXPECT_TRUE(at_least("0.0.x", "0.0.x").value()) << "but the same text needs no reading";
}

TEST(Version, of_both_profiles_is_taken_by_both) {
  for (const Profile& one : {profile_a, profile_b})
    for (const Profile& other : {profile_a, profile_b})
      EXPECT_TRUE(check_version(one.client_version, other.least_version));
  EXPECT_TRUE(check_version("go-spacemesh/0.0.1", profile_a.least_version));
  EXPECT_FALSE(check_version("go-spacemesh/0.0.1", profile_b.least_version));
}

}  // namespace
}  // namespace kith::spacemesh
