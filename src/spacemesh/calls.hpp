// Calls: which lane of a connection each request and its answer are on. The original numbers requests over all peers
// and looks at nothing but the number of an answer; here an answer is one to what this very peer was asked.
// parity: 10 | the same, and only whoever was asked can answer, once | OriginalWire.answers_a_call_or_says_why_not_or_lets_its_time_pass, OriginalWire.takes_an_answer_from_whom_it_asked_alone, Calls.past_their_number_the_oldest_is_forgotten_on_both_sides, WireSession.an_answer_that_nobody_asked_for_is_the_peers_debt
#pragma once

#include <map>
#include <optional>

#include "model/message.hpp"
#include "spacemesh/message.hpp"

namespace kith::spacemesh {

/// Requests of one side that wait for their answers; past these the oldest is forgotten.
inline constexpr std::size_t max_calls = 256;

class Calls {
 public:
  /// `first` lane of those that the other side opens; they are every second one.
  explicit Calls(Lane first) : next_lane_(first) {}

  /// A request of ours on a lane of ours.
  Call ask(Lane lane, u32 type);
  /// The call that the answer on a lane of theirs is; nothing if it was given or the request is forgotten.
  std::optional<Call> answer(Lane lane);
  /// The lane for a request of theirs.
  Lane asked(const Call& call);
  /// The lane of ours that an answer of theirs is for; nothing if it was not asked for.
  std::optional<Lane> answered(const Call& call);

 private:
  struct Open {
    Lane lane = 0;
    u32 type = 0;
  };
  u64 next_id_ = 1;
  Lane next_lane_;
  /// By the number of the request.
  std::map<u64, Open> ours_;
  /// By lane.
  std::map<Lane, Call> theirs_;
};

}  // namespace kith::spacemesh
