// Bytes of lane 0.
#include "lean/control.hpp"

#include <algorithm>
#include <functional>

#include "base/check.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"
#include "codec/xdr.hpp"

namespace kith::lean {
namespace {

enum : u32 { kind_names = 1, kind_goodbye = 2, kind_padding = 3 };
enum : u32 { extension_fork = 1, extension_signatures = 2, extension_kinds = 3 };

/// The reasons that a goodbye can give, by their number on the wire.
constexpr std::array reasons{Fault::goodbye,  Fault::duplicate, Fault::no_slot,       Fault::evicted,   Fault::banned,
                             Fault::own_self, Fault::too_slow,  Fault::shutting_down, Fault::other_fork};

Result<ForkId> decode_fork(Bytes data) {
  Reader in(data);
  const ForkId out{in.u32be(), in.u64be()};
  if (const auto done = in.done("fork"); !done) return std::unexpected(done.error());
  return out;
}

Result<std::vector<KindTag>> decode_kinds(Bytes data) {
  Reader in(data);
  std::vector<KindTag> out;
  while (in.left() > 0) out.push_back(in.u32be());
  if (const auto done = in.done("kinds"); !done) return std::unexpected(done.error());
  if (std::ranges::adjacent_find(out, std::greater_equal{}) != out.end()) return fail(Fault::malformed, "kinds");
  return out;
}

Result<> take_extension(u32 number, Bytes data, Names& out) {
  if (number == extension_signatures && data.empty()) {
    out.demands_signatures = true;
  } else if (number == extension_fork) {
    const auto fork = decode_fork(data);
    if (!fork) return std::unexpected(fork.error());
    out.fork = *fork;
  } else if (number == extension_kinds) {
    auto kinds = decode_kinds(data);
    if (!kinds) return std::unexpected(kinds.error());
    out.kinds = std::move(*kinds);
  } else if (number % 2 == 0) {
    return fail(Fault::bad_extension, "extension");
  }
  return {};
}

void write_extensions(codec::XdrWriter& write, const Names& names) {
  write.u32((names.fork ? 1u : 0u) + (names.demands_signatures ? 1u : 0u) + (names.kinds ? 1u : 0u));
  Buffer data;
  if (names.fork) {
    Writer(data).u32be(names.fork->hash).u64be(names.fork->next);
    write.u32(extension_fork).opaque(data);
  }
  if (names.demands_signatures) write.u32(extension_signatures).opaque({});
  if (names.kinds) {
    check(names.kinds->size() <= max_tags, "more kinds than an extension holds");
    data.clear();
    for (const KindTag tag : *names.kinds) Writer(data).u32be(tag);
    write.u32(extension_kinds).opaque(data);
  }
}

Result<Control> decode_names(codec::XdrReader& in) {
  Names out;
  const u32 count = in.u32();
  if (count > max_names) return fail(Fault::oversize, "names");
  for (u32 i = 0; i < count && in.ok(); ++i) out.names.emplace_back(in.string(max_name_text));
  const u32 extensions = in.u32();
  if (extensions > max_extensions) return fail(Fault::oversize, "extensions");
  for (u32 i = 0; i < extensions && in.ok(); ++i) {
    const u32 number = in.u32();
    const Bytes data = in.opaque(max_extension);
    if (!in.ok()) break;
    if (const auto taken = take_extension(number, data, out); !taken) return std::unexpected(taken.error());
  }
  if (const auto done = in.done("names"); !done) return std::unexpected(done.error());
  for (std::size_t i = 0; i < out.names.size(); ++i)
    if (out.names[i].empty() || std::find(out.names.begin(), out.names.begin() + static_cast<std::ptrdiff_t>(i),
                                          out.names[i]) != out.names.begin() + static_cast<std::ptrdiff_t>(i))
      return fail(Fault::malformed, "names");
  return out;
}

}  // namespace

Buffer encode_names(const Names& names) {
  Buffer out;
  codec::XdrWriter write(out);
  write.u32(kind_names).u32(static_cast<u32>(names.names.size()));
  for (const auto& name : names.names) write.string(name);
  write_extensions(write, names);
  return out;
}

Buffer encode_goodbye(Fault why) {
  const auto at = std::find(reasons.begin(), reasons.end(), why);
  Buffer out;
  codec::XdrWriter(out).u32(kind_goodbye).u32(at == reasons.end() ? 0 : static_cast<u32>(at - reasons.begin()));
  return out;
}

Result<Control> decode_control(Bytes bytes) {
  codec::XdrReader in(bytes);
  switch (in.u32()) {
    case kind_names: return decode_names(in);
    case kind_goodbye: {
      const u32 reason = in.u32();
      if (const auto done = in.done("goodbye"); !done) return std::unexpected(done.error());
      // Reasons that a later version adds are goodbyes all the same.
      return Goodbye{reason < reasons.size() ? reasons[reason] : Fault::goodbye};
    }
    case kind_padding: return Padding{};
    default: return fail(Fault::malformed, "control");
  }
}

}  // namespace kith::lean
