// The two passes of a presync.
#include "ledger/presync.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "ledger/u256.hpp"

namespace kith::ledger {
namespace {

/// How far ahead of the clock a header may be at all, in seconds; the bound on bits allows for it.
constexpr i64 slack = i64{2} * 60 * 60;

}  // namespace

Presync::Presync(const Parsed& start, const BlockRef& ref, const Work& goal, i64 median_time, i64 now,
                 const std::array<u8, 16>& secret)
    : start_(start), start_height_(ref.height), start_work_(ref.work), goal_(goal), secret_(secret) {
  offset_ = static_cast<u32>(crypto::keyed_hash(secret_, start_.id) % commitment_period);
  const i64 age = std::clamp<i64>(now - median_time, 0, i64{1} << 40) + slack;
  most_bits_ = static_cast<std::size_t>(age * max_headers_per_second / commitment_period) + 1;
  rewind();
}

void Presync::rewind() {
  last_ = start_;
  height_ = start_height_;
  work_ = start_work_;
}

bool Presync::bit(const Hash& id) const { return (crypto::keyed_hash(secret_, id) & 1) != 0; }

Result<> Presync::note(const Parsed& header) {
  if (!commits(height_)) return {};
  if (bits_.size() == most_bits_) return fail(Fault::low_work, "more headers than time allows");
  bits_.push_back(bit(header.id));
  return {};
}

Result<> Presync::compare(const Parsed& header) {
  if (reached() || !commits(height_)) return {};
  // The source may have gone over to another branch between the passes, so this is nobody's fault.
  if (compared_ == bits_.size() || bits_[compared_] != bit(header.id))
    return fail(Fault::low_work, "the second pass differs from the first");
  ++compared_;
  return {};
}

Result<std::vector<Presync::Entry>> Presync::take(const Rules& rules, const Batch& batch) {
  for (std::size_t i = 0; i < batch.parsed.size(); ++i) {
    const auto& header = batch.parsed[i];
    if (!rules.may_follow(last_, header, height_ + 1)) return fail(Fault::bad_header, "difficulty");
    last_ = header;
    ++height_;
    if (const auto fits = again_ ? compare(header) : note(header); !fits) return std::unexpected(fits.error());
    work_ = plus(work_, header.work);
    if (again_) {
      waiting_.push_back({header, batch.raw[i]});
    } else if (reached()) {
      again_ = true;
      rewind();
      break;
    }
  }
  std::vector<Entry> proved;
  const std::size_t keep = again_ && reached() ? 0 : presync_buffer;
  while (waiting_.size() > keep) {
    proved.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return proved;
}

std::size_t Presync::bytes() const {
  std::size_t out = sizeof(Presync) + bits_.capacity() / 8;
  for (const auto& entry : waiting_) out += sizeof(Entry) + entry.raw.capacity();
  return out;
}

}  // namespace kith::ledger
