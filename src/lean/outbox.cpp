// Which piece of which message goes into the next record.
#include "lean/outbox.hpp"

#include <algorithm>
#include <utility>

#include "lean/inbox.hpp"

namespace kith::lean {
namespace {

/// Every so many records the least urgent class that waits goes first.
constexpr std::size_t fair_turn = 8;
/// Most messages of one class that are cut and wait for their next piece: all classes together stay well below what the
/// other side lets be in pieces at once.
constexpr std::size_t most_begun = 16;
static_assert((most_begun + 1) * priorities < max_partial);

}  // namespace

void Outbox::Waiting::copy(Buffer& out, std::size_t count) const {
  std::size_t skip = sent;
  for (const Bytes part : {Bytes(head.bytes).first(head.size), body.bytes(), Bytes(tail)}) {
    const auto from = std::min(skip, part.size());
    const auto taken = std::min(count, part.size() - from);
    append(out, part.subspan(from, taken));
    skip -= from;
    count -= taken;
  }
}

std::size_t Outbox::Waiting::body_before(std::size_t end) const {
  return std::min(body.size(), end - std::min<std::size_t>(end, head.size));
}

void Outbox::push(Priority priority, Lane lane, const Head& head, Body body, Buffer tail) {
  bytes_ += body.size();
  classes_[static_cast<std::size_t>(priority)].push_back({lane, false, head, std::move(body), std::move(tail)});
}

void Outbox::push_reset(Lane lane) { classes_[0].push_back({lane, true, {}, {}, {}}); }

Outbox::Dropped Outbox::drop(Lane lane) {
  Dropped dropped;
  for (std::size_t i = 0; i < priorities; ++i)
    classes_[i].erase_if([&](const Waiting& entry) {
      if (entry.lane != lane || entry.reset) return false;
      dropped.bytes += entry.body.size() - entry.body_before(entry.sent);
      if (entry.sent > 0) --begun_[i], dropped.begun = true;
      return true;
    });
  bytes_ -= dropped.bytes;
  return dropped;
}

std::size_t Outbox::clear() {
  for (auto& waiting : classes_) waiting.clear();
  begun_ = {};
  return std::exchange(bytes_, 0);
}

std::size_t Outbox::waiting() const {
  std::size_t out = 0;
  for (const auto& waiting : classes_) out += waiting.size();
  return out;
}

bool Outbox::empty() const {
  return std::all_of(classes_.begin(), classes_.end(), [](const auto& waiting) { return waiting.empty(); });
}

Fifo<Outbox::Waiting>* Outbox::next_class(std::size_t turn) {
  const auto waits = [](const auto& waiting) { return !waiting.empty(); };
  if (turn % fair_turn == fair_turn - 1) {
    // The fair turns go round the classes, so that a busy bulk class does not take them all.
    for (std::size_t i = 0; i < priorities; ++i) {
      auto& waiting = classes_[(turn / fair_turn + i) % priorities];
      if (waits(waiting)) return &waiting;
    }
    return nullptr;
  }
  const auto urgent = std::find_if(classes_.begin(), classes_.end(), waits);
  return urgent == classes_.end() ? nullptr : &*urgent;
}

std::size_t Outbox::fill(Buffer& plain, std::size_t room) {
  const auto end = plain.size() + room;
  std::size_t left = 0;
  auto* waiting = next_class(turn_++);
  while (waiting) {
    auto& first = waiting->front();
    // The head of a message is never cut, so that its first frame says all that is needed to bound the rest.
    const auto least = frame_header + (first.sent == 0 ? first.first_piece() : 1);
    if (plain.size() + least > end) break;
    const auto piece = std::min(first.size() - first.sent, end - plain.size() - frame_header);
    const bool last = first.sent + piece == first.size();
    auto& begun = begun_[static_cast<std::size_t>(waiting - classes_.data())];
    if (first.sent > 0) --begun;
    if (!last) ++begun;
    const auto flags = first.reset ? 0x20 : static_cast<int>(first.sent == 0) << 7 | static_cast<int>(last) << 6;
    Writer(plain).u32be(first.lane).byte(static_cast<u8>(flags)).u24be(static_cast<u32>(piece));
    first.copy(plain, piece);
    left += first.body_before(first.sent + piece) - first.body_before(first.sent);
    first.sent += piece;
    if (!last) {
      // The others of its class go before its next piece, unless so many were cut that it is better finished.
      if (begun <= most_begun && waiting->size() > 1) {
        auto cut = std::move(first);
        waiting->pop_front();
        waiting->push_back(std::move(cut));
      }
      break;
    }
    waiting->pop_front();
    waiting = next_class(0);
  }
  bytes_ -= left;
  return left;
}

}  // namespace kith::lean
