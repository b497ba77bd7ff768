// Bytes of lane 0.
#include "lean/control.hpp"

#include <algorithm>

#include "codec/xdr.hpp"

namespace kith::lean {
namespace {

enum : u32 { kind_names = 1, kind_goodbye = 2, kind_padding = 3 };
constexpr u32 extension_signatures = 2;

/// The reasons that a goodbye can give, by their number on the wire.
constexpr std::array reasons{Fault::goodbye, Fault::duplicate, Fault::no_slot,  Fault::evicted,
                             Fault::banned,  Fault::own_self,  Fault::too_slow, Fault::shutting_down};

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
    if (number == extension_signatures && data.empty())
      out.demands_signatures = true;
    else if (number % 2 == 0)
      return fail(Fault::bad_extension, "extension");
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
  write.u32(names.demands_signatures ? 1 : 0);
  if (names.demands_signatures) write.u32(extension_signatures).opaque({});
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
