// Packets: written where they are sent from, opened where they were gathered.
#include "bitcoin/packet.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/gather.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"

namespace kith::bitcoin {
namespace {

constexpr u8 ignore_bit = 0x80;

}  // namespace

void PacketWriter::write(crypto::Aead& aead, Bytes ad, bool decoy, std::initializer_list<Bytes> contents, Buffer& out) {
  std::size_t size = 0;
  for (const Bytes part : contents) size += part.size();
  check(size <= max_contents, "contents that fit a packet");

  const std::size_t start = out.size();
  Writer write(out);
  for (std::size_t i = 0; i < packet_length_size; ++i) write.byte(static_cast<u8>(size >> 8 * i));
  write.byte(decoy ? ignore_bit : 0);
  for (const Bytes part : contents) write.bytes(part);
  write.zeros(crypto::tag_size);
  const std::span packet = std::span(out).subspan(start);
  length_.crypt(packet.first(packet_length_size));
  text_.seal(aead, ad, packet.subspan(packet_length_size));
}

Result<std::optional<Packet>> PacketReader::take(crypto::Aead& aead, Bytes ad, Bytes& bytes) {
  while (have_ < packet_length_size) {
    if (bytes.empty()) return std::nullopt;
    raw_length_[have_++] = bytes.front();
    bytes = bytes.subspan(1);
    if (have_ == packet_length_size) length_.crypt(raw_length_);
  }
  const auto length = static_cast<std::size_t>(raw_length_[0] | raw_length_[1] << 8 | raw_length_[2] << 16);
  if (length > max_contents) return fail(Fault::bad_record, "packet length");
  if (!gather(sealed_, packet_header_size + length + crypto::tag_size, bytes)) return std::nullopt;

  have_ = 0;
  Buffer text = std::exchange(sealed_, {});
  if (!text_.open(aead, ad, text)) return fail(Fault::bad_record, "packet tag");
  const bool decoy = (text[0] & ignore_bit) != 0;
  return Packet{decoy, Body(std::move(text)).part(packet_header_size, length)};
}

}  // namespace kith::bitcoin
