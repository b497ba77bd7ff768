// Limits: whether to spend anything on somebody who knocks, before there is any cryptography.
// parity: 18 | 32 handshakes at once, few of one group, each with 5 s, or 15 s where the original has them; a place is free again when the session opens | Admission.names_the_limit_that_it_refuses_for, Sockets.a_session_opens_beside_a_hundred_silent_sockets, Handshake.silence_ends_after_five_seconds, OriginalWire.waits_fifteen_seconds_for_the_first_record
#pragma once

#include <map>

#include "base/error.hpp"
#include "base/token_bucket.hpp"
#include "model/address.hpp"

namespace kith::peers {

struct LimitsConfig {
  /// Inbound sessions; who comes when it is full takes the place of another or none.
  std::size_t inbound = 64;
  /// Inbound handshakes at once.
  std::size_t pending = 32;
  /// Inbound connections, open or not, of one group.
  std::size_t per_group = 8;
  u64 handshakes_per_second = 50;
  u64 handshakes_burst = 100;
  u64 group_handshakes_per_second = 5;
  u64 group_handshakes_burst = 10;
};

/// Groups whose rate is remembered at once.
inline constexpr std::size_t max_group_buckets = 4096;

/// Inbound connections that there are now.
struct Counts {
  std::size_t pending = 0;
  /// In the group of who knocks, open or not.
  std::size_t in_group = 0;
};

class Admission {
 public:
  Admission(LimitsConfig config, Time now);

  /// Fault::no_slot or Fault::flood, naming the limit.
  Result<> admit(Time now, const Ip& from, const Counts& counts);
  /// Whether somebody must go before one more session opens.
  bool full(std::size_t inbound) const { return inbound >= config_.inbound; }

 private:
  TokenBucket* bucket(Time now, const Group& group);

  LimitsConfig config_;
  TokenBucket all_;
  std::map<Group, TokenBucket> groups_;
};

}  // namespace kith::peers
