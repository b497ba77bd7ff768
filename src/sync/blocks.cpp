// Bodies and rulings: from what a peer sent to what the chain made of it.
#include <algorithm>

#include "sync/sync.hpp"

namespace kith::sync {
namespace {

/// A body weighs one part in so many in the mean of sizes.
constexpr u64 mean_of = 16;

Result<ledger::Parsed> parse(const ledger::Rules& rules, const Body& body) {
  const auto header = rules.header_of(body.bytes());
  if (!header) return std::unexpected(header.error());
  return rules.parse(*header);
}

}  // namespace

Decisions Sync::block(Time now, Utc, Peer peer, Body body, std::optional<u64> ask) {
  Decisions out;
  const auto at = sources_.find(peer);
  if (at == sources_.end()) return out;
  const auto parsed = parse(chain_->rules(), body);
  const auto ref = parsed ? chain_->find(parsed->id) : std::nullopt;
  const bool wanted = ref && wants(*ref);
  bool gaps_stand = wanted;
  bool answers = false;
  if (const auto* flight = ask ? downloads_.find(peer, *ask) : nullptr) {
    const Hash expected = flight->id;
    downloads_.stop(expected);
    answers = parsed && parsed->id == expected;
    if (!answers) {
      gaps_stand = false;
      out.emplace_back(Blame{peer, {Fault::corrupt_block, "another block than asked for"}});
      at->second.avoid(expected, now + config_.pause);
    }
  }
  if (wanted) {
    // It was given up here, or pushed. Another who was asked for it goes on until the judge has ruled: this copy may be
    // none, and nobody may cancel what others do.
    if (const auto* flight = downloads_.find(ref->id); flight && flight->peer == peer) {
      out.emplace_back(CancelAsk{flight->ask, peer});
      downloads_.stop(ref->id);
    }
    hold({*ref, parsed->parent, std::move(body), peer, false});
  } else if (!answers || !spare(*ref, {std::move(body), peer})) {
    ++dropped_;
  }
  settle(now, out, gaps_stand);
  return out;
}

bool Sync::wants(const BlockRef& block) const {
  if (chain_->state(block.id) != ledger::BlockState::header) return false;
  if (downloads_.find(block.id)) return true;
  const auto lowest = chain_->next_missing(0);
  const auto best = chain_->at(block.height);
  return lowest && best && best->id == block.id && block.height >= lowest->height &&
         block.height - lowest->height < std::min(config_.window, max_unasked_ahead);
}

Decisions Sync::missed(Time now, Peer peer, u64 ask, std::span<const Hash>) {
  Decisions out;
  const auto at = sources_.find(peer);
  if (at == sources_.end()) return out;
  if (const auto* flight = downloads_.find(peer, ask)) {
    at->second.avoid(flight->id, now + config_.pause);
    downloads_.stop(Hash(flight->id));
  }
  settle(now, out);
  return out;
}

void Sync::hold(Held held) {
  chain_->judging(held.ref.id);
  tries_.erase(held.ref.id);
  mean_size_ = (mean_size_ * (mean_of - 1) + held.body.size()) / mean_of;
  holding_.add(std::move(held));
  // Sizes can be guessed wrong. What is judged last goes first; without a job a single body stays, however large.
  const auto most_left = [&] { return holding_.jobs() == 0 ? std::size_t{1} : std::size_t{0}; };
  while (holding_.bytes() > config_.body_bytes && holding_.size() - holding_.jobs() > most_left())
    if (!shed(0)) break;
}

bool Sync::spare(const BlockRef& block, Copy copy) {
  return holding_.bytes() + copy.body.size() <= config_.body_bytes && holding_.add_spare(block.id, std::move(copy));
}

bool Sync::shed(u32 above) {
  const auto held = holding_.shed(above);
  asked_below_ = 0;
  if (held) chain_->undecided(held->ref.id);
  return held.has_value();
}

void Sync::submit(Decisions& out) {
  while (const auto* held = holding_.submit(*chain_))
    out.emplace_back(JudgeBlock{{held->ref, chain_->median_time(held->parent), held->body}});
}

Decisions Sync::ruled(Time now, Utc, std::span<const ledger::Ruling> rulings) {
  Decisions out;
  const Hash best = chain_->best().id;
  for (const auto& ruling : rulings) rule(now, ruling, out);
  const bool all_good = std::ranges::all_of(rulings, [](const auto& each) { return each.verdict == Verdict::accept; });
  settle(now, out, all_good && chain_->best().id == best);
  return out;
}

void Sync::rule(Time now, const ledger::Ruling& ruling, Decisions& out) {
  if (ruling.kept) return holding_.keep(ruling.id);
  auto held = holding_.take(ruling.id);
  const auto state = chain_->state(ruling.id);
  // A descendant of a bad block, or a second ruling.
  if (state != ledger::BlockState::judging && state != ledger::BlockState::header) return;
  if (ruling.verdict != Verdict::accept && ruling.verdict != Verdict::reject) {
    if (held) undecided(now, std::move(*held), ruling.verdict, out);
    return;
  }
  // The judge may rule in the end on a block that is being asked for again.
  if (const auto flight = downloads_.stop(ruling.id)) out.emplace_back(CancelAsk{flight->ask, flight->peer});
  const auto from = held ? held->from : std::nullopt;
  auto steps = chain_->ruled(ruling.id, ruling.verdict);
  if (!steps.empty()) out.emplace_back(Stepped{std::move(steps), from});
  if (ruling.verdict == Verdict::accept) {
    holding_.accepted(ruling.id);
    stall_.progressed();
    if (from) out.emplace_back(Good{*from});
  } else {
    const auto block = chain_->find(ruling.id);
    if (from) out.emplace_back(Blame{*from, ruling.error, block ? std::optional<u64>(block->height) : std::nullopt});
    drop_invalid(out);
  }
}

void Sync::undecided(Time now, Held held, Verdict verdict, Decisions& out) {
  const auto* parent = holding_.find(held.parent);
  const bool stands = (parent && parent->kept) || chain_->state(held.parent) == ledger::BlockState::accepted;
  if (verdict != Verdict::corrupt && !stands) {
    // It came to the judge behind a parent that turned out bad, and waits for a better copy of that.
    held.submitted = false;
    return holding_.add(std::move(held));
  }
  chain_->undecided(held.ref.id);
  if (verdict == Verdict::corrupt && held.from) {
    out.emplace_back(Blame{*held.from, {Fault::corrupt_block, "body"}, held.ref.height});
    const auto giver = sources_.find(*held.from);
    if (giver != sources_.end()) giver->second.avoid(held.ref.id, now + config_.pause);
  } else if (verdict != Verdict::corrupt) {
    if (resting_.size() >= config_.window) resting_.erase(resting_.begin());
    resting_.insert_or_assign(held.ref.id, now + config_.pause);
  }
  if (verdict == Verdict::corrupt && held.spare)
    hold({held.ref, held.parent, std::move(held.spare->body), held.spare->from});
}

void Sync::drop_invalid(Decisions& out) {
  const auto invalid = [&](const Hash& id) { return chain_->state(id) == ledger::BlockState::invalid; };
  holding_.drop_invalid(*chain_);
  const auto flights = downloads_.all();
  for (const auto& [number, flight] : flights) {
    if (!invalid(flight.id)) continue;
    downloads_.stop(flight.id);
    out.emplace_back(CancelAsk{number, flight.peer});
  }
  for (auto& [peer, source] : sources_)
    if (source.claim && invalid(source.claim->id)) source.claim.reset();
}

}  // namespace kith::sync
