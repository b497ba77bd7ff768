// The pattern N in two functions. Each makes its cipher contexts anew: they run on any worker.
#include "crypto/one_way.hpp"

#include "crypto/noise.hpp"

namespace kith::crypto {
namespace {

constexpr std::string_view n_name = "Noise_N_25519_ChaChaPoly_SHA256";

}  // namespace

std::optional<Buffer> seal_to(const Key& to, const KeyPair& e, Bytes prologue, Bytes plain) {
  Aead aead;
  SymmetricState state(aead, n_name);
  state.mix_hash(prologue);
  state.mix_hash(to);
  state.mix_hash(e.public_key);
  if (!state.mix_exchange(e.secret, to)) return std::nullopt;
  Buffer out = to_buffer(e.public_key);
  state.encrypt_and_hash(plain, out);
  return out;
}

std::optional<Buffer> open_sealed(const KeyPair& s, Bytes prologue, Bytes sealed) {
  if (sealed.size() < one_way_overhead) return std::nullopt;
  const Key e = take_array<32>(sealed);
  Aead aead;
  SymmetricState state(aead, n_name);
  state.mix_hash(prologue);
  state.mix_hash(s.public_key);
  state.mix_hash(e);
  if (!state.mix_exchange(s.secret, e)) return std::nullopt;
  Buffer out;
  if (!state.decrypt_and_hash(sealed.subspan(e.size()), out)) return std::nullopt;
  return out;
}

}  // namespace kith::crypto
