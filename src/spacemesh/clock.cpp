// Questions and answers for the time, and their median.
#include "spacemesh/clock.hpp"

#include <algorithm>
#include <vector>

#include "codec/xdr.hpp"

namespace kith::spacemesh {
namespace {

/// Until the year 2116; no sum of a few of these overflows.
constexpr i64 latest = i64{1} << 62;

i64 offset(i64 asked, const ClockSample& sample) {
  const i64 theirs = std::clamp(sample.theirs, i64{0}, latest);
  return std::clamp(theirs - asked - (sample.came - asked) / 2, -latest / 2, latest / 2);
}

}  // namespace

Buffer encode_clock_question(u64 round) {
  Buffer out;
  codec::XdrWriter(out).u64(round);
  return out;
}

Result<u64> decode_clock_question(Bytes body) {
  codec::XdrReader in(body);
  const u64 out = in.u64();
  if (!in.ok()) return fail(Fault::malformed, "question for the time");
  return out;
}

Buffer encode(const ClockAnswer& answer) {
  Buffer out;
  codec::XdrWriter(out).u64(answer.round).i64(answer.time);
  return out;
}

Result<ClockAnswer> decode_clock_answer(Bytes data) {
  codec::XdrReader in(data);
  ClockAnswer out;
  out.round = in.u64();
  out.time = in.i64();
  if (!in.ok()) return fail(Fault::malformed, "time");
  return out;
}

std::optional<std::chrono::nanoseconds> clock_offset(i64 asked, std::span<const ClockSample> answers) {
  if (answers.size() < least_clock_answers) return std::nullopt;
  std::vector<i64> offsets;
  for (const auto& sample : answers.first(std::min(answers.size(), max_clock_answers)))
    offsets.push_back(offset(asked, sample));
  std::ranges::sort(offsets);
  const std::size_t middle = offsets.size() / 2;
  if (offsets.size() % 2 == 1) return std::chrono::nanoseconds(offsets[middle]);
  return std::chrono::nanoseconds((offsets[middle - 1] + offsets[middle]) / 2);
}

}  // namespace kith::spacemesh
