// Peers and headers: who claims which chain, and who is told of ours.
#include "sync/sync.hpp"

#include <algorithm>
#include <tuple>

#include "base/check.hpp"
#include "sync/paths.hpp"

namespace kith::sync {
namespace {

/// Our own headers, as a source of Chain::take. Peers number from 1.
constexpr u64 own_source = 0;

}  // namespace

Sync::Sync(ledger::Chain& chain, Config config)
    : chain_(&chain), config_(config), stall_(config.stall_start), announced_(chain.tip().id) {}

Decisions Sync::on_peer(Time now, Utc, Peer peer, bool outbound) {
  Decisions out;
  const auto [at, fresh] = sources_.try_emplace(peer);
  if (fresh) at->second.outbound = outbound, at->second.headers_at = now;
  settle(now, out);
  return out;
}

Decisions Sync::on_gone(Time now, Peer peer) {
  Decisions out;
  sources_.erase(peer);
  downloads_.gone(peer);
  chain_->forget(peer.number);
  if (sources_.empty()) {
    // Nobody is left who could close the gap below them.
    const auto lowest = chain_->next_missing(0);
    while (lowest && shed(lowest->height)) continue;
  }
  settle(now, out);
  return out;
}

Decisions Sync::have(Time now, Utc utc, Peer peer, std::span<const Buffer> headers, std::optional<u64> ask) {
  Decisions out;
  const auto at = sources_.find(peer);
  if (at == sources_.end()) return out;
  auto& source = at->second;
  const bool answers = source.asked && ask == source.asked->number;
  if (answers) source.asked.reset();
  if (ask) source.answered = true;
  if (headers.size() > ledger::max_headers) {
    out.emplace_back(Blame{peer, {Fault::oversize, "headers in a batch"}});
  } else if (!headers.empty()) {
    const auto taken = chain_->take(peer.number, headers, utc);
    if (taken)
      took(now, source, *taken);
    else
      refused(now, {peer, taken.error(), failing_height(*chain_, headers)}, source, answers, out);
  } else if (answers && !source.claim && !source.asked_from_tip && chain_->tip().id != chain_->best().id) {
    // It is behind our headers, yet it may be the one that has blocks for us.
    source.asked_from_tip = true;
    source.headers_at = now;
    source.locator = chain_->locator();
  }
  settle(now, out);
  return out;
}

void Sync::took(Time now, Source& source, const ledger::Taken& taken) {
  const auto& [last, claim] = std::tie(taken.last, source.claim);
  // Headers that it gave before get no further question: that would go round for ever.
  const bool novel = taken.added > 0 || !last || !claim || last->height > claim->height;
  if (last && (!claim || last->work > claim->work)) source.claim = last;
  if (!taken.more || !novel) return;
  source.headers_at = now;
  source.locator = taken.locator;
}

void Sync::refused(Time now, Blame blame, Source& source, bool answers, Decisions& out) {
  if (blame.error.fault == Fault::unconnected && !answers) return unconnected(now, source);
  out.emplace_back(blame);
  source.headers_at = now + config_.headers_patience;
}

void Sync::unconnected(Time now, Source& source) const {
  const Time at = std::max(now, source.unconnected_at);
  if (at < source.headers_at) source.headers_at = at, source.unconnected_at = at + unconnected_pause;
}

Decisions Sync::named(Time now, Peer peer, std::span<const Hash> ids) {
  Decisions out;
  const auto at = sources_.find(peer);
  if (at == sources_.end()) return out;
  auto& [_, source] = *at;
  for (const auto& id : ids) {
    const auto block = chain_->find(id);
    if (!block)
      unconnected(now, source);
    else if (chain_->state(id) != ledger::BlockState::invalid && (!source.claim || block->work > source.claim->work))
      source.claim = block;
  }
  settle(now, out);
  return out;
}

std::vector<Hash> Sync::locator() const {
  auto out = chain_->locator_of_best();
  // From the parent of the best header, so that a peer that has just this chain says so instead of nothing.
  if (out.size() > 1) out.erase(out.begin());
  return out;
}

void Sync::settle(Time now, Decisions& out, bool gaps_stand) {
  if (!gaps_stand) asked_below_ = 0;
  settle_headers(now, out);
  submit(out);
  settle_blocks(now, out);
  announce(out);
  next_ = deadline_after(now);
}

void Sync::settle_headers(Time now, Decisions& out) {
  for (auto& [peer, source] : sources_) {
    if (source.asked && now >= source.asked->deadline) {
      out.emplace_back(CancelAsk{source.asked->number, peer});
      out.emplace_back(Blame{peer, {Fault::no_answer, "headers"}});
      source.asked.reset();
      source.headers_at = now + config_.headers_patience;
    }
    if (source.asked || now < source.headers_at) continue;
    auto from = source.locator.empty() ? locator() : std::move(source.locator);
    source.locator.clear();
    source.headers_at = never;
    source.asked = HeadersAsk{next_ask_++, now + config_.headers_patience};
    out.emplace_back(AskFor{Ask{source.asked->number, peer, What::headers, std::move(from), {}}});
  }
}

void Sync::announce(Decisions& out) {
  const auto tip = chain_->tip();
  if (tip.id == announced_ || catching_up()) return;
  announced_ = tip.id;
  for (auto& [peer, source] : sources_) {
    const bool knows = (source.claim && leads_to(*chain_, tip, *source.claim)) || source.told == tip;
    if (knows) continue;
    out.emplace_back(AnnounceTo{peer, news_for(source, tip)});
    source.told = tip;
  }
}

std::vector<Buffer> Sync::news_for(const Source& source, const BlockRef& tip) const {
  u32 known = tip.height - 1;
  if (source.claim || source.told) {
    const u32 claimed = source.claim ? fork_height(*chain_, *source.claim, tip) : 0;
    const u32 told = source.told ? fork_height(*chain_, *source.told, tip) : 0;
    known = std::max(claimed, told);
  }
  if (tip.height - known > max_announced) known = tip.height - 1;
  std::vector<Buffer> out;
  for (u32 height = known + 1; height <= tip.height; ++height) {
    const auto block = chain_->accepted_at(height);
    const auto header = block ? chain_->header(block->id) : std::nullopt;
    check(header.has_value(), "a tip without its chain");
    out.push_back(*header);
  }
  return out;
}

bool Sync::catching_up() const {
  const auto tip = chain_->tip();
  return std::any_of(sources_.begin(), sources_.end(), [&](const auto& entry) {
    const auto& claim = entry.second.claim;
    return claim && claim->work > tip.work && claim->height > tip.height + near_tip;
  });
}

Result<Decisions> Sync::publish(Time now, Utc utc, Body body) {
  const auto raw = chain_->rules().header_of(body.bytes());
  if (!raw) return std::unexpected(raw.error());
  const auto parsed = chain_->rules().parse(*raw);
  if (!parsed) return std::unexpected(parsed.error());
  const std::array header{to_buffer(*raw)};
  const auto taken = chain_->take(own_source, header, utc);
  if (!taken) return std::unexpected(taken.error());
  const auto ref = chain_->find(parsed->id);
  if (!ref) return fail(Fault::low_work, "own block");
  if (chain_->state(ref->id) != ledger::BlockState::header) return fail(Fault::duplicate, "own block");
  Decisions out;
  if (const auto flight = downloads_.stop(ref->id)) out.emplace_back(CancelAsk{flight->ask, flight->peer});
  hold({*ref, parsed->parent, std::move(body), std::nullopt, false});
  settle(now, out);
  return out;
}

Decisions Sync::on_tick(Time now, Utc) {
  Decisions out;
  settle(now, out, true);
  return out;
}

bool Sync::synced() const {
  const auto tip = chain_->tip();
  bool answered = false;
  for (const auto& [peer, source] : sources_) {
    answered |= source.answered;
    if (source.claim && source.claim->work > tip.work) return false;
  }
  return answered;
}

Progress Sync::progress() const {
  return {chain_->tip().height, chain_->best().height, downloads_.size(), holding_.size(), holding_.bytes(), dropped_};
}

bool Sync::idle() const {
  const bool asks = std::any_of(sources_.begin(), sources_.end(), [](const auto& entry) { return entry.second.asked; });
  return !asks && downloads_.size() == 0 && holding_.size() == 0;
}

}  // namespace kith::sync
