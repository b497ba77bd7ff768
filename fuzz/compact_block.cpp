// Compact blocks. Behind an even first byte stands a cmpctblock: whatever it says, a block comes of it or a reason why
// not, and that block says the same again. Behind an odd one stands a program of short ids and candidates, in lockstep
// with a naive twin.
#include "bitcoin/compact_block.hpp"

#include <map>
#include <set>

#include "base/check.hpp"
#include "base/reader.hpp"
#include "target.hpp"

namespace kith::bitcoin {
namespace {

void rebuild(Bytes payload) {
  const auto compact = decode_cmpctblock(payload);
  if (!compact) return;
  auto block = Reconstruction::begin(*compact);
  if (!block) return check(block.error().fault == Fault::ambiguous, "the only reason not to begin");
  const auto missing = block->missing();
  check(missing.size() == compact->short_ids.size(), "what is not there is missing");
  // No transaction is known, so any will do.
  const Buffer any(60);
  check(block->fill(std::vector<Bytes>(missing.size(), any)).has_value(), "as many as are missing");
  check(block->missing().empty(), "then nothing is missing");
  const auto whole = block->whole(true);
  if (!whole) return check(whole.error().fault == Fault::ambiguous, "the only reason not to be whole");
  std::vector<u32> prefilled;
  for (const auto& one : compact->prefilled) prefilled.push_back(one.index);
  const auto again = make_compact(*whole, compact->nonce, prefilled);
  check(again && encode(*again) == encode(*compact), "a block says again what it was made of");
}

/// Ids of few values, so that they meet.
Hash small_id(u8 byte) { return Hash{static_cast<u8>(byte % 32)}; }

void play(Bytes program) {
  Reader in(program);
  const Buffer header(80);
  CompactBlock compact;
  compact.header = header;
  const ShortIds ids(header, 0);
  const Bytes in_block = in.take(std::min<std::size_t>(in.byte(), in.left()));
  for (const u8 byte : in_block) compact.short_ids.push_back(ids.of(small_id(byte)));
  if (in_block.empty()) return;
  std::map<Hash, std::set<u8>> offered;
  for (const u8 byte : in_block) offered[small_id(byte)];
  auto block = Reconstruction::begin(compact);
  check(block.has_value() == (offered.size() == in_block.size()), "short ids are told apart, or nothing is done");
  if (!block) return;
  while (in.left() >= 2) {
    const Hash id = small_id(in.byte());
    const u8 contents = in.byte() % 4;
    block->offer(id, Bytes(Buffer(60, contents)));
    if (const auto at = offered.find(id); at != offered.end()) at->second.insert(contents);
  }
  std::vector<u32> missing;
  for (u32 i = 0; i < in_block.size(); ++i)
    if (offered[small_id(in_block[i])].size() != 1) missing.push_back(i);
  check(block->missing() == missing, "missing is what nothing fits, or more than one");
}

}  // namespace
}  // namespace kith::bitcoin

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  if (size == 0) return 0;
  const Bytes rest = Bytes(data, size).subspan(1);
  data[0] % 2 == 0 ? bitcoin::rebuild(rest) : bitcoin::play(rest);
  return 0;
}
