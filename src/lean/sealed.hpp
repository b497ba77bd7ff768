// Sealed: a letter inside an item that everybody passes on and one node can open. docs/protocol/lean.md §9.
#pragma once

#include "core/kind.hpp"
#include "lean/envelope.hpp"

namespace kith::crypto {
class Identity;
struct KeyPair;
}  // namespace kith::crypto

namespace kith::lean {

/// The kind, and the protocol of its envelopes.
inline constexpr std::string_view sealed_word = "sealed";
/// Largest payload of a sealed item, in bytes.
inline constexpr u32 max_sealed_payload = 4096;

/// The payload: Noise N to the receiver of
/// type unsigned | number hyper | protocol string<32> | contact opaque<> | bytes opaque<> ‖ signature[64].
/// `contact` is the sender's, encoded, or empty; `e` a pair that is used once. Nothing if the receiver's id is no key.
std::optional<Buffer> seal_letter(const Letter& letter, Bytes contact, const crypto::Identity& sender,
                                  const Hash& network, const crypto::KeyPair& e);
/// The letter in `payload`, if it is to `receiver` and by `sender`.
std::optional<Letter> open_letter(Bytes payload, const PeerId& sender, const crypto::Identity& receiver,
                                  const Hash& network);

/// The kind of sealed items as `receiver` sees it: all that carry their author's signature are passed on, also those
/// that are to it, so that nobody sees from outside who could open one. `receiver` outlives it.
core::Kind sealed_kind(const crypto::Identity& receiver, const Hash& network, const peers::BudgetConfig& budget = {});

}  // namespace kith::lean
