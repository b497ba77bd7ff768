// Whose turn it is.
#include "spacemesh/outbox.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace kith::spacemesh {

bool Outbox::add(Priority priority, Waiting waiting) {
  if (messages_ == max_waiting || bytes_ + waiting.payload.size() > max_waiting_bytes) return false;
  ++messages_;
  bytes_ += waiting.payload.size();
  queues_[static_cast<std::size_t>(priority)].push_back(std::move(waiting));
  return true;
}

Outbox::Waiting Outbox::take() {
  check(!empty(), "a message that waits");
  const auto has = [](const auto& queue) { return !queue.empty(); };
  auto& from = ++turns_ % patient_turn == 0 ? *std::find_if(queues_.rbegin(), queues_.rend(), has)
                                            : *std::ranges::find_if(queues_, has);
  auto out = std::move(from.front());
  from.pop_front();
  --messages_;
  bytes_ -= out.payload.size();
  return out;
}

std::size_t Outbox::clear() {
  std::size_t out = 0;
  for (auto& queue : queues_) {
    for (const auto& waiting : queue) out += waiting.said;
    queue.clear();
  }
  messages_ = 0;
  bytes_ = 0;
  return out;
}

}  // namespace kith::spacemesh
