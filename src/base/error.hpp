// Error: what can go wrong on a path that a peer can reach, as a value; and the one table that says who owes for it.
#pragma once

#include <expected>
#include <string_view>

#include "base/bytes.hpp"

namespace kith {

enum class Fault : u8 {
  // Nobody's debt: anyone on the path can cause these before a record authenticates.
  unreachable,
  closed_silently,
  cut,
  bad_record,
  handshake_failed,
  timed_out,
  goodbye,
  // Ours, or what we decided.
  shutting_down,
  duplicate,
  own_self,
  no_slot,
  evicted,
  operator_asked,
  too_slow,
  banned,
  storage,
  bad_config,
  // The peer's: made inside an authenticated record.
  bad_frame,
  bad_lane,
  oversize,
  malformed,
  unknown_name,
  unknown_type,  // nobody's: a later version knows more
  never_asked,
  bad_signature,
  bad_extension,  // nobody's, for the same reason
  flood,
  bad_address,
  bad_item,
  stale_item,
  bad_header,
  unconnected,
  low_work,
  future_block,
  bad_block,
  corrupt_block,
  stalled,
  no_answer,
  refused,
  wrong_network,
  // Nobody's debt again: two versions, or two sets of rules, that met; what anyone on the path can change.
  other_fork,
  // The peer's, in a protocol that tells them from `malformed`: one that counts, and one that only parts.
  bad_message,
  unwelcome,
  // Nobody's: short names that fit more than one thing.
  ambiguous,
  bad_checksum,
  count  // the number of faults; not one of them
};

/// Whose debt a fault is. Only a peer's faults cost it reputation.
enum class Debtor : u8 { network, us, peer };

struct FaultRow {
  Fault fault;
  std::string_view name;
  std::string_view text;
  Debtor debtor;
  /// Points of reputation, of `ban_score`.
  u8 weight;
  /// Whether the connection ends.
  bool closes;
};

/// A peer whose decayed score reaches this is banned.
inline constexpr u32 ban_score = 100;

const FaultRow& row(Fault fault);
inline std::string_view to_text(Fault fault) { return row(fault).text; }

/// `what` names the field or limit; it is a literal, so that an error costs no allocation.
struct Error {
  Fault fault;
  const char* what = "";
};

template <typename T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Fault fault, const char* what = "") { return std::unexpected(Error{fault, what}); }

}  // namespace kith
