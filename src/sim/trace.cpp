// Notes of fixed size, so that no two runs have the same bytes and another meaning.
#include "sim/trace.hpp"

#include "base/writer.hpp"
#include "crypto/hash.hpp"

namespace kith::sim {
namespace {

constexpr std::size_t fold_at = 64 * 1024;
/// Nobody here steers a hash: any key will do.
constexpr std::array<u8, 16> key{};

}  // namespace

void Trace::note(const Happening& happening) {
  ++happenings_;
  const auto at = static_cast<u64>(happening.at.time_since_epoch().count());
  Writer(notes_).u64be(at).u32be(happening.node).byte(static_cast<u8>(happening.what));
  if (notes_.size() >= fold_at) fold();
}

void Trace::note(Bytes bytes) {
  Writer(notes_).u32be(static_cast<u32>(bytes.size())).u64be(crypto::keyed_hash(key, bytes));
}

void Trace::fold() {
  folded_ = crypto::sha256({folded_, notes_});
  notes_.clear();
}

Hash Trace::digest() const { return crypto::sha256({folded_, notes_}); }

}  // namespace kith::sim
