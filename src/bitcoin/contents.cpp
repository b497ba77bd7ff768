// Types in packets, short where they can be; either spelling is read.
#include "bitcoin/contents.hpp"

namespace kith::bitcoin {
namespace {

Result<NetMessage> message(std::string_view type, Body payload) {
  if (payload.size() > max_payload) return fail(Fault::bad_record, "payload length");
  return NetMessage{std::string(type), std::move(payload)};
}

}  // namespace

ContentsHead contents_head(std::string_view type) {
  ContentsHead out;
  if (const auto id = short_id(type)) {
    out.raw[0] = *id;
    out.size = 1;
    return out;
  }
  std::ranges::copy(write_type(type), out.raw.begin() + 1);
  out.size = static_cast<u8>(out.raw.size());
  return out;
}

Result<NetMessage> read_contents(const Body& contents) {
  const Bytes bytes = contents.bytes();
  if (bytes.empty()) return fail(Fault::unknown_type, "no type");
  if (bytes[0] != 0) {
    const auto type = type_of(bytes[0]);
    if (!type) return fail(Fault::unknown_type, "short id");
    return message(*type, contents.from(1));
  }
  if (bytes.size() < 1 + type_size) return fail(Fault::unknown_type, "cut type");
  const auto type = read_type(bytes.subspan(1, type_size));
  if (!type) return fail(Fault::unknown_type, "malformed type");
  return message(*type, contents.from(1 + type_size));
}

}  // namespace kith::bitcoin
