// Sealing and opening under the key that everybody has.
#include "spacemesh/seal.hpp"

namespace kith::spacemesh {

Buffer seal(const crypto::BoxNonce& nonce, Bytes plain) {
  Buffer out = to_buffer(nonce);
  crypto::seal_secretbox(zero_key, nonce, plain, out);
  return out;
}

Result<Buffer> open(Bytes sealed) {
  constexpr std::size_t nonce_size = crypto::BoxNonce{}.size();
  Buffer out;
  if (sealed.size() < seal_overhead ||
      !crypto::open_secretbox(zero_key, take_array<nonce_size>(sealed), sealed.subspan(nonce_size), out))
    return fail(Fault::bad_record, "seal");
  return out;
}

}  // namespace kith::spacemesh
