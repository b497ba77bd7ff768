// Scores halve in whole steps, so that a score is the same number on every machine however often it is asked for. The
// file, in XDR: version | scores {subject, points, since}<> | bans {subject, until}<> | SHA-256 of all that, each list
// in order of subject.
#include "peers/reputation.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "codec/xdr.hpp"
#include "crypto/sealed.hpp"

namespace kith::peers {
namespace {

constexpr u32 file_version = 1;
/// Dates in a file, in milliseconds: so far from the ends that no difference overflows.
constexpr i64 max_millis = 1'000'000'000'000'000;
/// Past this no score bans sooner, and none takes longer than a few half lives to fade.
constexpr u32 max_points = 4 * ban_score;

bool is_shared(const Subject& subject) {
  const auto* ip = std::get_if<Ip>(&subject);
  return ip && ip->is_loopback();
}

void write_subject(codec::XdrWriter& out, const Subject& subject) {
  out.u32(static_cast<u32>(subject.index()));
  if (const auto* id = std::get_if<PeerId>(&subject))
    out.fixed(id->key);
  else
    out.fixed(std::get<Ip>(subject).bytes);
}

Subject read_subject(codec::XdrReader& in) {
  const u32 kind = in.u32();
  if (kind == 0) return PeerId{in.fixed<32>()};
  if (kind > 1) in.fail();
  return Ip{in.fixed<16>()};
}

void write_date(codec::XdrWriter& out, Utc date) { out.i64(std::clamp(to_millis(date), i64{0}, max_millis)); }

Utc read_date(codec::XdrReader& in) {
  const i64 millis = in.i64();
  if (millis < 0 || millis > max_millis) in.fail();
  return in.ok() ? from_millis(millis) : Utc{};
}

/// False if the subject cannot stand there: it is not after the last, or it is everybody.
template <typename Map, typename Value>
bool append_row(Map& rows, const Subject& subject, Value value) {
  if (is_shared(subject) || (!rows.empty() && subject <= rows.rbegin()->first)) return false;
  rows.emplace_hint(rows.end(), subject, value);
  return true;
}

/// Makes room for `subject` among `most`, at the cost of the row with the least date.
template <typename Map, typename Date>
void make_room(Map& rows, const Subject& subject, std::size_t most, Date date) {
  if (rows.size() < most || rows.contains(subject)) return;
  rows.erase(std::ranges::min_element(rows, {}, date));
}

}  // namespace

Reputation::Reputation(ReputationConfig config) : config_(config) {
  check(config_.half_life >= 1ms && config_.most > 0, "a half life and room");
}

Reputation::Score Reputation::decayed(Score score, Utc now) const {
  if (now <= score.since) return score;
  const auto half_life = std::chrono::floor<std::chrono::milliseconds>(config_.half_life);
  const i64 steps = (now - score.since) / half_life;
  score.points = steps < 32 ? score.points >> steps : 0;
  score.since += steps * half_life;
  return score;
}

bool Reputation::blame(const Subject& subject, const Error& error, Utc now) {
  const u32 weight = row(error.fault).weight;
  if (weight == 0 || is_shared(subject)) return false;
  make_room(scores_, subject, config_.most, [](const auto& entry) { return entry.second.since; });
  auto& score = scores_.try_emplace(subject, Score{0, now}).first->second;
  score = decayed(score, now);
  score.points = std::min(score.points + weight, max_points);
  if (score.points < ban_score || banned(subject, now)) return false;
  ban(subject, now + std::chrono::floor<std::chrono::milliseconds>(config_.ban_for));
  return true;
}

void Reputation::ban(const Subject& subject, Utc until) {
  if (is_shared(subject)) return;
  make_room(bans_, subject, config_.most, [](const auto& entry) { return entry.second; });
  bans_.insert_or_assign(subject, until);
}

bool Reputation::unban(const Subject& subject) {
  scores_.erase(subject);
  return bans_.erase(subject) > 0;
}

bool Reputation::banned(const Subject& subject, Utc now) const {
  const auto at = bans_.find(subject);
  return at != bans_.end() && now < at->second;
}

u32 Reputation::score(const Subject& subject, Utc now) const {
  const auto at = scores_.find(subject);
  return at == scores_.end() ? 0 : decayed(at->second, now).points;
}

std::vector<Ban> Reputation::bans(Utc now) const {
  std::vector<Ban> out;
  for (const auto& [subject, until] : bans_)
    if (now < until) out.push_back({subject, until});
  return out;
}

Buffer Reputation::save() const {
  Buffer file;
  codec::XdrWriter out(file);
  out.u32(file_version).u32(static_cast<u32>(scores_.size()));
  for (const auto& [subject, score] : scores_) {
    write_subject(out, subject);
    write_date(out.u32(score.points), score.since);
  }
  out.u32(static_cast<u32>(bans_.size()));
  for (const auto& [subject, until] : bans_) {
    write_subject(out, subject);
    write_date(out, until);
  }
  crypto::seal(file);
  return file;
}

bool Reputation::read(Bytes file) {
  const auto content = crypto::unseal(file, max_reputation_file);
  if (!content) return false;
  codec::XdrReader in(*content);
  if (in.u32() != file_version) return false;
  const u32 scores = in.u32();
  for (u32 i = 0; i < scores && in.ok(); ++i) {
    const auto subject = read_subject(in);
    const u32 points = in.u32();
    const Utc since = read_date(in);
    if (scores_.size() >= config_.most || points > max_points || !append_row(scores_, subject, Score{points, since}))
      return false;
  }
  const u32 bans = in.u32();
  for (u32 i = 0; i < bans && in.ok(); ++i) {
    const auto subject = read_subject(in);
    const Utc until = read_date(in);
    if (bans_.size() >= config_.most || !append_row(bans_, subject, until)) return false;
  }
  return in.done("reputation").has_value();
}

Reputation Reputation::restore(ReputationConfig config, Bytes file) {
  Reputation out(config);
  if (file.empty() || out.read(file)) return out;
  out = Reputation(config);
  out.damaged_ = true;
  return out;
}

}  // namespace kith::peers
