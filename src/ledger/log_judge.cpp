// Ruling, writing down, and reading back.
#include "ledger/log_judge.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"

namespace kith::ledger {
namespace {

/// Magic and size.
constexpr std::size_t record_head = 8;

Verdict verdict_of(Fault fault) {
  switch (fault) {
    case Fault::corrupt_block:
    case Fault::malformed: return Verdict::corrupt;
    case Fault::future_block:
    case Fault::unconnected:
    case Fault::storage: return Verdict::later;
    default: return Verdict::reject;
  }
}

}  // namespace

Ruling ruling_of(const Hash& id, const Result<>& checked) {
  if (checked) return {.id = id, .verdict = Verdict::accept};
  return {.id = id, .verdict = verdict_of(checked.error().fault), .error = checked.error()};
}

/// A restore() under way.
struct LogJudge::Scan {
  Chain* chain;
  Utc now;
  Restored out;
  /// Where the last good record ends.
  u64 good_end = 0;
  /// At most max_waiting, by the parent that they wait for.
  std::multimap<Hash, Place> waiting;
};

LogJudge::LogJudge(const Rules& rules, std::unique_ptr<Log> log, u32 magic, Check check, Body genesis)
    : rules_(&rules), log_(std::move(log)), magic_(magic), check_(std::move(check)), genesis_(std::move(genesis)) {
  const auto parsed = rules_->parse(rules_->genesis_header());
  kith::check(parsed.has_value(), "a genesis header that its own rules refuse");
  genesis_id_ = parsed->id;
}

std::vector<Ruling> LogJudge::judge(const BlockJob& job) {
  const Hash& id = job.ref.id;
  if (id == genesis_id_ || index_.contains(id)) return {ruling_of(id, {})};
  if (job.body.size() > max_block) return {ruling_of(id, fail(Fault::corrupt_block, "size"))};
  if (const auto good = check_(job); !good) return {ruling_of(id, good)};
  if (const auto stored = store(job); !stored) return {ruling_of(id, fail(Fault::storage, stored.error().what))};
  return {ruling_of(id, {})};
}

Result<> LogJudge::store(const BlockJob& job) {
  Buffer record;
  record.reserve(record_head + job.body.size());
  const auto size = static_cast<u32>(job.body.size());
  Writer(record).u32le(magic_).u32le(size).bytes(job.body.bytes());
  const auto offset = log_->append(record);
  if (!offset) return std::unexpected(offset.error());
  index_[job.ref.id] = {*offset + record_head, size};
  return {};
}

std::optional<Body> LogJudge::block(const Hash& id) {
  if (id == genesis_id_) return genesis_;
  const auto at = index_.find(id);
  if (at == index_.end()) return std::nullopt;
  auto body = log_->read(at->second.offset, at->second.size);
  if (!body) return std::nullopt;
  return Body(std::move(*body));
}

Result<> LogJudge::flush() { return log_->flush(); }

void LogJudge::each(const std::function<void(const Hash&, const Body&)>& what) const {
  std::map<u64, std::pair<Hash, u32>> in_order;
  for (const auto& [id, place] : index_) in_order.emplace(place.offset, std::pair(id, place.size));
  for (const auto& [offset, entry] : in_order)
    if (auto body = log_->read(offset, entry.second)) what(entry.first, Body(std::move(*body)));
}

Result<> LogJudge::clear() {
  index_.clear();
  return log_->truncate(0);
}

Result<Restored> LogJudge::restore(Chain& chain, Utc now) {
  Scan scan{.chain = &chain, .now = now, .out = {}, .good_end = 0, .waiting = {}};
  const u64 end = log_->size();
  for (u64 offset = 0; offset < end;) {
    const auto place = record_at(offset);
    if (!place) return std::unexpected(place.error());
    if (!*place) break;
    if (const auto done = admit(scan, **place); !done) return std::unexpected(done.error());
    offset = (*place)->offset + (*place)->size;
  }
  scan.out.skipped += scan.waiting.size();
  scan.out.cut_bytes = end - scan.good_end;
  if (scan.out.cut_bytes == 0) return scan.out;
  if (const auto cut = log_->truncate(scan.good_end); !cut) return std::unexpected(cut.error());
  return scan.out;
}

Result<std::optional<LogJudge::Place>> LogJudge::record_at(u64 offset) const {
  const u64 left = log_->size() - offset;
  if (left < record_head) return std::nullopt;
  const auto head = log_->read(offset, record_head);
  if (!head) return std::unexpected(head.error());
  Reader in(*head);
  const u32 magic = in.u32le();
  const u32 size = in.u32le();
  if (magic != magic_ || size == 0 || size > max_block || size > left - record_head) return std::nullopt;
  return Place{offset + record_head, size};
}

Result<> LogJudge::admit(Scan& scan, const Place& place) {
  std::vector<Place> ready{place};
  while (!ready.empty()) {
    const Place at = ready.back();
    ready.pop_back();
    auto bytes = log_->read(at.offset, at.size);
    if (!bytes) return std::unexpected(bytes.error());
    const auto id = adopt(scan, at, Body(std::move(*bytes)));
    if (!id) continue;
    const auto [first, last] = scan.waiting.equal_range(*id);
    for (auto child = first; child != last; ++child) ready.push_back(child->second);
    scan.waiting.erase(first, last);
  }
  return {};
}

std::optional<Hash> LogJudge::adopt(Scan& scan, const Place& place, const Body& body) {
  auto& chain = *scan.chain;
  const auto good = [&] { scan.good_end = std::max(scan.good_end, place.offset + place.size); };
  const auto skip = [&] { ++scan.out.skipped; };
  const auto raw = rules_->header_of(body.bytes());
  const auto header = raw ? rules_->parse(*raw) : std::unexpected(raw.error());
  if (!header) return skip(), std::nullopt;
  if (header->id == genesis_id_ || index_.contains(header->id)) return good(), std::nullopt;
  if (!chain.find(header->parent)) {
    // A log that begins in the middle of a chain is somebody's; nothing of it is torn, so nothing is cut.
    good();
    if (scan.waiting.size() < max_waiting)
      scan.waiting.emplace(header->parent, place);
    else
      skip();
    return std::nullopt;
  }
  const auto ref = chain.keep(*raw, std::max(scan.now, from_seconds(header->time)));
  if (!ref) return skip(), std::nullopt;
  if (const auto checked = check_({*ref, chain.median_time(header->parent), body}); !checked) {
    // What cannot be judged today is no torn tail.
    if (verdict_of(checked.error().fault) == Verdict::later) good();
    return skip(), std::nullopt;
  }
  good();
  index_[header->id] = place;
  chain.ruled(header->id, Verdict::accept);
  ++scan.out.blocks;
  return header->id;
}

}  // namespace kith::ledger
