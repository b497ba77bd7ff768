// Ellswift: public keys of secp256k1 that look like 64 random bytes (ElligatorSwift, BIP 324), and the exchange that
// two of them make.
#pragma once

#include <optional>

#include "base/rng.hpp"
#include "crypto/secret.hpp"

namespace kith::crypto {

/// u ‖ t, each of 32 bytes in big endian. Every 64 bytes are an encoding of some x coordinate.
using EllswiftKey = std::array<u8, 64>;
/// A coordinate: 32 bytes in big endian.
using Coordinate = std::array<u8, 32>;

struct EllswiftPair {
  Secret<32> secret;
  EllswiftKey public_key{};
};
/// A new key and one of its many encodings, drawn uniformly. Takes about 100 µs of processor time.
EllswiftPair ellswift_create(Rng& rng);
/// One of the encodings of the public key of `secret`, which is in 1..n-1.
EllswiftKey ellswift_encode(Rng& rng, const Secret<32>& secret);

/// XSwiftEC: the x coordinate that `key` stands for.
Coordinate ellswift_decode(const EllswiftKey& key);
/// XSwiftECInv: the t that makes u ‖ t an encoding of `x`; nothing where this case (0..7) has none.
/// `x` is on the curve, `u` is not 0 modulo p.
std::optional<Coordinate> xswiftec_inv(const Coordinate& x, const Coordinate& u, unsigned which);

/// The x coordinate that both sides of an exchange come to: `secret` times the point of `theirs`.
Secret<32> ellswift_x(const Secret<32>& secret, const EllswiftKey& theirs);
/// The shared secret of BIP 324, which also binds both encodings. `ours` is the encoding of `secret` that was sent.
Secret<32> bip324_exchange(const Secret<32>& secret, const EllswiftKey& ours, const EllswiftKey& theirs,
                           bool initiator);

}  // namespace kith::crypto
