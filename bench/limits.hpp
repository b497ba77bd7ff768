// Limits that a benchmark lifts: on loopback all who connect are one address group.
#pragma once

#include "peers/limits.hpp"

namespace kith::bench {

inline constexpr peers::LimitsConfig no_limits() {
  constexpr u64 plenty = 1'000'000;
  return {.inbound = plenty,
          .pending = plenty,
          .per_group = plenty,
          .handshakes_per_second = plenty,
          .handshakes_burst = plenty,
          .group_handshakes_per_second = plenty,
          .group_handshakes_burst = plenty};
}

}  // namespace kith::bench
