// Packet: the unit of the encrypted transport (BIP 324): an encrypted length of three bytes, then an AEAD of a header
// and contents. Each direction of a connection has one writer and one reader.
#pragma once

#include <optional>

#include "base/error.hpp"
#include "bitcoin/cipher.hpp"
#include "bitcoin/message_type.hpp"

namespace kith::bitcoin {

inline constexpr std::size_t packet_length_size = 3;
inline constexpr std::size_t packet_header_size = 1;
/// Bytes by which a packet is longer than its contents.
inline constexpr std::size_t packet_overhead = packet_length_size + packet_header_size + crypto::tag_size;
/// Most contents of a packet: the largest payload behind a type that is spelled out.
inline constexpr std::size_t max_contents = 1 + type_size + max_payload;

struct Packet {
  /// Sent to be ignored.
  bool decoy = false;
  Body contents;
};

class PacketWriter {
 public:
  PacketWriter(const crypto::Secret<32>& length_key, const crypto::Secret<32>& text_key)
      : length_(length_key), text_(text_key) {}

  /// Appends a packet of the parts put one behind the other, max_contents bytes at most.
  void write(crypto::Aead& aead, Bytes ad, bool decoy, std::initializer_list<Bytes> contents, Buffer& out);

 private:
  FsChaCha20 length_;
  FsChaCha20Poly1305 text_;
};

class PacketReader {
 public:
  PacketReader(const crypto::Secret<32>& length_key, const crypto::Secret<32>& text_key)
      : length_(length_key), text_(text_key) {}

  /// Takes from the front of `bytes` up to the end of the next packet: that packet, or nothing while it is not whole.
  /// Fails with bad_record, after which the stream is lost: a length beyond max_contents, a packet that is forged.
  Result<std::optional<Packet>> take(crypto::Aead& aead, Bytes ad, Bytes& bytes);
  /// Bytes taken that are no whole packet yet.
  std::size_t held() const { return have_ + sealed_.size(); }

 private:
  FsChaCha20 length_;
  FsChaCha20Poly1305 text_;
  /// The length as far as it came; decrypted as soon as it is whole.
  std::array<u8, packet_length_size> raw_length_{};
  u8 have_ = 0;
  /// The rest of the packet, opened where it stands.
  Buffer sealed_;
};
/// Each is one direction of an idle connection.
static_assert(sizeof(PacketWriter) <= 200 && sizeof(PacketReader) <= 200);

}  // namespace kith::bitcoin
