// The file of the address book, in XDR: version | salt opaque[16] | entries<>, in order of place | SHA-256 of all that.
// An entry is address | tried | first seen, last seen, last try, last good | failures | kinds unsigned<16>, ascending |
// sources opaque[16]<8>. Slots are not in it: they follow from the salt. Version 1 is the same without kinds.
#include "codec/address_xdr.hpp"
#include "crypto/sealed.hpp"
#include "peers/peer_book.hpp"

namespace kith::peers {
namespace {

constexpr u32 file_version = 2;
constexpr u32 version_without_kinds = 1;
constexpr u32 max_entries = (new_buckets + tried_buckets) * bucket_size;
/// Dates in a file lie between 1970 and the year 33658: far enough from the ends that no difference overflows.
constexpr i64 max_millis = 1'000'000'000'000'000;

Utc read_date(codec::XdrReader& in) {
  const i64 millis = in.i64();
  if (millis < 0 || millis > max_millis) in.fail();
  return in.ok() ? from_millis(millis) : Utc{};
}

void write_entry(codec::XdrWriter& out, const Entry& entry) {
  codec::write_address(out, entry.address);
  out.boolean(entry.tried);
  for (const Utc date : {entry.first_seen, entry.last_seen, entry.last_try, entry.last_good})
    out.i64(std::clamp(to_millis(date), i64{0}, max_millis));
  out.u32(entry.failures).u32(static_cast<u32>(entry.kinds.size()));
  for (const KindTag kind : entry.kinds) out.u32(kind);
}

void read_kinds(codec::XdrReader& in, std::vector<KindTag>& into) {
  const u32 count = in.u32();
  if (count > max_entry_kinds) in.fail();
  for (u32 i = 0; i < count && in.ok(); ++i) into.push_back(in.u32());
  if (std::ranges::adjacent_find(into, std::greater_equal{}) != into.end()) in.fail();
}

Entry read_entry(codec::XdrReader& in, u32 version) {
  Entry out;
  out.address = codec::read_address(in);
  out.tried = in.boolean();
  for (Utc* date : {&out.first_seen, &out.last_seen, &out.last_try, &out.last_good}) *date = read_date(in);
  out.failures = in.u32();
  if (version != version_without_kinds) read_kinds(in, out.kinds);
  return out;
}

}  // namespace

Buffer PeerBook::save() const {
  Buffer file;
  codec::XdrWriter out(file);
  out.u32(file_version).fixed(salt_).u32(static_cast<u32>(rows_.size()));
  for (const auto& [place, row] : rows_) {
    write_entry(out, row.entry);
    out.u32(static_cast<u32>(row.sources.size()));
    for (const auto& source : row.sources) out.fixed(source.bytes);
  }
  crypto::seal(file);
  return file;
}

Result<PeerBook> PeerBook::restore(Bytes file) {
  const auto content = crypto::unseal(file, max_book_file);
  if (!content) return std::unexpected(content.error());
  codec::XdrReader in(*content);
  PeerBook book;
  const u32 version = in.u32();
  if (version != file_version && version != version_without_kinds) return fail(Fault::malformed, "version");
  book.salt_ = in.fixed<16>();
  const u32 count = in.u32();
  if (count > max_entries) return fail(Fault::malformed, "entries");
  for (u32 i = 0; i < count; ++i) {
    Row row{read_entry(in, version), {}};
    const u32 sources = in.u32();
    if (sources > max_sources) return fail(Fault::malformed, "sources");
    for (u32 j = 0; j < sources; ++j) row.sources.push_back(Ip{in.fixed<16>()});
    if (!in.ok() || !book.restore_row(std::move(row))) return fail(Fault::malformed, "entry");
  }
  if (const auto done = in.done("book"); !done) return std::unexpected(done.error());
  return book;
}

/// False for a row that no book could have written: what the tables rely on is checked here, and nowhere later.
bool PeerBook::restore_row(Row row) {
  const auto& entry = row.entry;
  const Place place{entry.address.ip, entry.address.port};
  if (!place.ip.is_usable() || place.port == 0 || entry.failures > max_failures || row.sources.empty()) return false;
  if (!rows_.empty() && place <= rows_.rbegin()->first) return false;
  if (entry.tried && row.sources.size() != 1) return false;
  for (auto source = row.sources.begin(); source != row.sources.end(); ++source) {
    const auto group = group_of(*source);
    const auto same_group = [&](const Ip& other) { return group_of(other) == group; };
    if (std::any_of(row.sources.begin(), source, same_group)) return false;
    const u32 slot = entry.tried ? tried_slot(salt_, place) : new_slot(salt_, group, place);
    auto& table = entry.tried ? tried_ : new_;
    if (table.at(slot)) return false;
    table.put(slot, group, place);
  }
  row.entry.source = row.sources.front();
  rows_.emplace_hint(rows_.end(), place, std::move(row));
  return true;
}

}  // namespace kith::peers
