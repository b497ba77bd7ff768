// Trace: everything that happened, folded into one digest, by which two runs are told to be the same.
#pragma once

#include "sim/queue.hpp"

namespace kith::sim {

class Trace {
 public:
  void note(const Happening& happening);
  /// Bytes that a node received.
  void note(Bytes bytes);
  /// SHA-256 over all notes so far.
  Hash digest() const;
  u64 happenings() const { return happenings_; }

 private:
  void fold();

  Hash folded_{};
  /// Notes that are not folded yet: bounded, since they are whenever they are many.
  Buffer notes_;
  u64 happenings_ = 0;
};

}  // namespace kith::sim
