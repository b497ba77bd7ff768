// Spacemesh's frames: any bytes as a stream. A cut changes nothing, memory follows what came, and what is read is no
// longer than its limit.
#include "base/check.hpp"
#include "spacemesh/frame.hpp"
#include "target.hpp"

using namespace kith;

namespace {

struct Seen {
  std::vector<Buffer> records;
  bool failed = false;

  bool operator==(const Seen&) const = default;
};

/// As a listener reads: a first record, then others.
Seen read(Bytes stream, std::size_t piece) {
  spacemesh::FrameReader reader(spacemesh::max_first_record);
  Seen seen;
  std::size_t came = 0;
  while (came < stream.size() && !seen.failed) {
    Bytes part = stream.subspan(came, std::min(piece, stream.size() - came));
    came += part.size();
    while (!part.empty() && !seen.failed) {
      auto record = reader.take(part);
      check(reader.held() <= came, "more is held than came");
      seen.failed = !record;
      if (!record || !*record) continue;
      check(!(*record)->empty(), "an empty record is none");
      check((*record)->size() <= (seen.records.empty() ? spacemesh::max_first_record : spacemesh::max_record), "limit");
      seen.records.push_back(std::move(**record));
      reader.limit(spacemesh::max_record);
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  const auto whole = read({data, size}, size);
  check(whole == read({data, size}, 1) && whole == read({data, size}, 7), "a cut changes the records");

  Buffer again;
  for (const auto& record : whole.records) spacemesh::write_frame(again, record);
  check(read(again, again.size()).records == whole.records, "what is written is read");
  return 0;
}
