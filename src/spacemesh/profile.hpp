// Profile: the two forms of the last wire before Spacemesh's own stack was replaced. They differ in the answers to
// requests. go-spacemesh v0.1.0 to v0.2.0-rc4 speak A, v0.2.0-rc5 to v0.2.4-beta.0 speak B.
#pragma once

#include <string_view>

namespace kith::spacemesh {

struct Profile {
  /// What we say that we are. Whoever demands an older version takes it too.
  std::string_view client_version = "go-spacemesh/0.0.2";
  /// The least that we talk to.
  std::string_view least_version;
  /// The body of an answer tells data from an error.
  bool wrapped_answers = false;
};

/// Half of those who speak A call themselves 0.0.1.
inline constexpr Profile profile_a{.least_version = "0.0.1", .wrapped_answers = false};
inline constexpr Profile profile_b{.least_version = "0.0.2", .wrapped_answers = true};

}  // namespace kith::spacemesh
