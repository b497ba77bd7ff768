// ping, pong: a number, and the same number back (BIP 31).
#pragma once

#include "base/error.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"

namespace kith::bitcoin {

/// The payload of both.
inline Buffer encode_nonce(u64 nonce) {
  Buffer out;
  out.reserve(sizeof(nonce));
  Writer(out).u64le(nonce);
  return out;
}

/// Fails with malformed if there are fewer than eight bytes: a pong that is too short still ends the ping.
inline Result<u64> decode_nonce(Bytes payload) {
  Reader in(payload);
  const u64 out = in.u64le();
  if (!in.ok()) return fail(Fault::malformed, "nonce");
  return out;
}

}  // namespace kith::bitcoin
