// The first transport: what is wrong with a header ends the stream, what is wrong with a message costs that message.
#include "bitcoin/v1_frame.hpp"

#include <utility>

#include "base/gather.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"
#include "crypto/hash.hpp"

namespace kith::bitcoin {
namespace {

constexpr std::size_t magic_size = 4;
constexpr std::size_t length_at = magic_size + type_size;
constexpr std::size_t checksum_size = 4;

std::array<u8, checksum_size> checksum(Bytes payload) { return take_array<checksum_size>(crypto::sha256d(payload)); }

}  // namespace

std::array<u8, v1_prefix_size> v1_prefix(const Magic& magic) {
  std::array<u8, v1_prefix_size> out{};
  std::ranges::copy(magic, out.begin());
  std::ranges::copy(write_type("version"), out.begin() + magic_size);
  return out;
}

void write_v1(Buffer& out, const Magic& magic, std::string_view type, Bytes payload) {
  Writer write(out);
  write.bytes(magic).bytes(write_type(type)).u32le(static_cast<u32>(payload.size()));
  write.bytes(checksum(payload)).bytes(payload);
}

Result<> V1Reader::read_header(Bytes& bytes) {
  const Bytes part = bytes.first(std::min(bytes.size(), v1_header - have_));
  std::ranges::copy(part, header_.begin() + have_);
  have_ = static_cast<u8>(have_ + part.size());
  bytes = bytes.subspan(part.size());
  if (have_ >= magic_size && take_array<magic_size>(header_) != magic_) return fail(Fault::wrong_network, "magic");
  if (have_ < v1_header) return {};
  length_ = Reader(Bytes(header_).subspan(length_at)).u32le();
  if (length_ > max_payload) return fail(Fault::bad_record, "payload length");
  return {};
}

Result<std::optional<NetMessage>> V1Reader::take(Bytes& bytes) {
  if (have_ < v1_header) {
    const auto read = read_header(bytes);
    if (!read) return std::unexpected(read.error());
  }
  if (have_ < v1_header || !gather(payload_, length_, bytes)) return std::nullopt;

  have_ = 0;
  Buffer payload = std::exchange(payload_, {});
  auto type = read_type(Bytes(header_).subspan(magic_size, type_size));
  if (!type) return fail(Fault::unknown_type, "malformed type");
  if (checksum(payload) != take_array<checksum_size>(Bytes(header_).last(checksum_size)))
    return fail(Fault::bad_checksum, "payload");
  return NetMessage{std::move(*type), Body(std::move(payload))};
}

}  // namespace kith::bitcoin
