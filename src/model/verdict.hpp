// Verdict: what the ledger or the application says of something that a peer sent.
#pragma once

#include "base/bytes.hpp"

namespace kith {

enum class Verdict : u8 {
  accept,
  /// The id is bad for ever: whoever sends it breaks the rules.
  reject,
  /// This copy is bad; the id may be good, so ask elsewhere.
  corrupt,
  /// Neither good nor bad; do not pass it on and blame nobody.
  ignore,
  /// Cannot be judged yet; a later copy is judged again.
  later,
};

}  // namespace kith
