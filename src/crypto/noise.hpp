// Noise: the pattern IK of Noise_IK_25519_ChaChaPoly_SHA256, in steps that let a responder stop before it pays for the
// next one, and the cipher state that both sides of any pattern end with.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "crypto/aead.hpp"
#include "crypto/keys.hpp"

namespace kith::crypto {

/// What a handshake leaves, as this side sees it; the keys are overwritten when it goes.
struct Split {
  Key send;
  Key receive;
  Hash handshake_hash;

  ~Split() {
    wipe(send);
    wipe(receive);
  }
};

/// The state of a running handshake (Noise §5.2).
class SymmetricState {
 public:
  /// `protocol_name` has at most 32 characters.
  SymmetricState(Aead& aead, std::string_view protocol_name);

  void mix_hash(Bytes data);
  /// MixKey of a Diffie–Hellman result; false if that is zero. Encryption needs one before.
  [[nodiscard]] bool mix_exchange(const Key& secret, const Key& public_key);
  void encrypt_and_hash(Bytes plain, Buffer& out);
  [[nodiscard]] bool decrypt_and_hash(Bytes sealed, Buffer& out);
  /// Split() as the initiator sees it.
  Split split() const;

 private:
  Aead* aead_;
  Hash h_{};
  Secret<32> chaining_key_;
  Secret<32> key_;
  u64 n_ = 0;
};

/// The side that knows the other's static key. Its steps, once each: write_first, read_second, split.
/// After a step has returned nothing the handshake is over.
class IkInitiator {
 public:
  /// `s` and `e` are ours, `rs` the responder's static key. `aead` outlives the handshake.
  IkInitiator(Aead& aead, const KeyPair& s, const Key& rs, const KeyPair& e, Bytes prologue);

  /// → e, es, s, ss, payload. Nothing if a Diffie–Hellman result is zero.
  std::optional<Buffer> write_first(Bytes payload);
  /// ← e, ee, se, payload. The payload; nothing if the message is too short, forged, or yields a zero result.
  std::optional<Buffer> read_second(Bytes message);
  Split split() const;

 private:
  SymmetricState state_;
  Secret<32> s_;
  Key s_public_;
  Secret<32> e_;
  Key e_public_;
  Key rs_;
};

/// The side that is called. Its steps, once each: read_static, read_payload, write_second, split.
/// After a step has returned nothing the handshake is over.
class IkResponder {
 public:
  static constexpr std::size_t static_part_size = 32 + 32 + tag_size;

  /// `s` is ours. `aead` outlives the handshake.
  IkResponder(Aead& aead, const KeyPair& s, Bytes prologue);

  /// → e, es, s of the first message, `static_part_size` bytes: one exchange. The initiator's static key, which is
  /// claimed, not proven.
  std::optional<Key> read_static(Bytes e_and_s);
  /// → ss, payload: the rest of the first message, one more exchange. The payload, which may be a replay.
  std::optional<Buffer> read_payload(Bytes sealed);
  /// ← e, ee, se, payload.
  std::optional<Buffer> write_second(const KeyPair& e, Bytes payload);
  Split split() const;

 private:
  SymmetricState state_;
  Secret<32> s_;
  Key re_{};
  Key rs_{};
};

/// One direction of a session: a key and a count, 40 bytes, renewed every `rekey_interval` records.
class CipherState {
 public:
  static constexpr u64 rekey_interval = 256;
  /// The nonce that Noise keeps for the renewal of keys (§4.2). No record ever has it.
  static constexpr u64 last_nonce = ~u64{0};

  /// `n` is the number of the first record.
  explicit CipherState(const Key& key, u64 n = 0) : key_(key), n_(n) {}
  CipherState(const CipherState&) = delete;
  CipherState& operator=(const CipherState&) = delete;
  CipherState(CipherState&&) = default;
  CipherState& operator=(CipherState&&) = default;
  ~CipherState() = default;

  /// Appends the next record to `out`; false, and nothing is done, when all nonces are used.
  [[nodiscard]] bool seal(Aead& aead, Bytes plain, Buffer& out);
  /// Appends the plain text of the next record to `out`; false, and `out` is as it was, when the record is forged, cut
  /// or out of order, or all nonces are used.
  [[nodiscard]] bool open(Aead& aead, Bytes sealed, Buffer& out);
  /// The same where the plain text stands, with tag_size bytes of room behind it.
  [[nodiscard]] bool seal_in_place(Aead& aead, std::span<u8> text);
  /// The same into `out`, which is tag_size bytes shorter than `sealed`.
  [[nodiscard]] bool open_into(Aead& aead, Bytes sealed, std::span<u8> out);
  /// The number of the next record.
  u64 n() const { return n_; }

 private:
  Secret<32> next_key(Aead& aead) const;

  Secret<32> key_;
  u64 n_;
};
static_assert(sizeof(CipherState) == 40);

}  // namespace kith::crypto
