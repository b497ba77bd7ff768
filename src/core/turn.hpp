// Turn: one step of the world. The time, the date and the dice come in with it; nothing else is read from outside.
#pragma once

#include "base/rng.hpp"
#include "base/time.hpp"

namespace kith::core {

struct Turn {
  Time now;
  Utc utc;
  Rng& rng;
};

}  // namespace kith::core
