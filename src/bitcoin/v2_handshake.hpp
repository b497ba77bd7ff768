// V2Handshake: how an encrypted connection begins (BIP 324): a key and garbage of any length from each side, a
// terminator that only the two know, and packets that nobody reads up to the version.
// spec: BIP 324 | all of it: ElligatorSwift, garbage, decoys, renewal of keys, and a second dial over v1 where v2 is unknown | Packet.is_that_of_the_vectors_of_bip_324, TransportV2.takes_the_most_garbage_and_not_one_byte_more, Downgrade.who_knows_only_the_plain_transport_is_dialled_again_with_that
#pragma once

#include "bitcoin/session.hpp"
#include "crypto/ellswift.hpp"

namespace kith::bitcoin {

/// Most bytes of garbage, sent or accepted.
inline constexpr std::size_t max_garbage = 4095;

/// What a side draws before it says anything.
struct V2Draw {
  crypto::EllswiftPair keys;
  Buffer garbage;
};
/// Garbage of uniform length.
V2Draw draw_v2(Rng& rng);

/// Held until the connection is open. Its steps, in this order: take_key, second_flight, take_garbage, take_version.
class V2Handshake {
 public:
  V2Handshake(const Magic& magic, bool initiator, V2Draw ours)
      : magic_(magic), initiator_(initiator), ours_(std::move(ours)) {}

  /// Our key and garbage. An initiator says it at once, a responder when it knows which transport this is.
  Buffer first_flight() const;
  /// Takes bytes up to the end of their key: what both agree on, or nothing while it is not whole. Fails with
  /// wrong_network if they turn out to be the first transport's, of another network.
  Result<std::optional<Agreed>> take_key(Bytes& bytes);
  /// Our terminator, a decoy of each of these sizes, and our version.
  Buffer second_flight(crypto::Aead& aead, Session& session, const std::vector<std::size_t>& decoys) const;
  /// Takes bytes up to the end of their terminator; true when it has come. Fails with handshake_failed if it does not
  /// follow max_garbage bytes at most.
  Result<bool> take_garbage(Bytes& bytes);
  /// Takes bytes up to the end of their version; true when it has come. Its first packet shows that their garbage is
  /// what they sent. Fails as PacketReader::take does.
  Result<bool> take_version(crypto::Aead& aead, Session& session, Bytes& bytes);

  /// Whether our garbage is as long as may be, which some peers refuse (btcd 0.26).
  bool said_most_garbage() const { return ours_.garbage.size() == max_garbage; }
  /// Bytes held that no step has used.
  std::size_t held() const { return in_.size(); }

 private:
  Magic magic_;
  bool initiator_;
  V2Draw ours_;
  Terminator our_terminator_{};
  Terminator their_terminator_{};
  /// Their key as far as it came, then their garbage, until it is authenticated.
  Buffer in_;
};

/// Whether a stream begins with these bytes of the first transport, whatever its magic.
bool is_v1_version(Bytes first);

}  // namespace kith::bitcoin
