// Hello on the wire: 96 bytes that each side encrypts to the other in the handshake. docs/protocol/lean.md §3.
#pragma once

#include "base/error.hpp"
#include "model/hello.hpp"

namespace kith::lean {

inline constexpr std::size_t hello_size = 96;
/// Most that two clocks may differ.
inline constexpr auto max_skew = std::chrono::minutes(10);

/// id[32] | network[32] | time hyper (ms) | port unsigned | version unsigned | client opaque[16]
Buffer encode_hello(const Hello& hello);
Result<Hello> decode_hello(Bytes bytes);

/// What binds a handshake to this protocol and to the responder: "kith-lean/1" 00 ‖ the responder's id, 44 bytes.
Buffer prologue(const PeerId& responder);

/// Whether the sender of `theirs` may have a session with us: network, major version and least version, clock.
Result<> acceptable(const Hello& theirs, const Hello& ours, Version least, Utc now);

}  // namespace kith::lean
