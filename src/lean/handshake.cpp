// The order of the checks is the protocol: cheap before dear, and nothing learned before it is proven.
#include "lean/handshake.hpp"

#include "lean/hello.hpp"

namespace kith::lean {
namespace {

constexpr std::size_t ephemeral_and_static = 32 + 48;

crypto::KeyPair own_pair(const crypto::Identity& identity) {
  return {identity.exchange_secret(), identity.exchange_public()};
}

Session make_session(const crypto::Split& split, Hello theirs) {
  return {crypto::CipherState(split.send), crypto::CipherState(split.receive), split.handshake_hash, std::move(theirs)};
}

Hello dated(const core::Offer& ours, const core::Turn& turn) {
  Hello hello = ours.hello;
  hello.time = turn.utc;
  return hello;
}

}  // namespace

std::expected<Answer, Refusal> answer(Shared& shared, const core::Offer& ours, core::Turn& turn, Bytes first) {
  if (first.size() != first_size) return fail(Fault::handshake_failed, "size of the first message");
  const auto ephemeral = take_array<16>(first);
  if (shared.seen.contains(turn.now, ephemeral)) return fail(Fault::handshake_failed, "replayed");

  crypto::IkResponder noise(shared.aead, own_pair(shared.identity), prologue(PeerId{shared.identity.public_key()}));
  const auto their_key = noise.read_static(first.first(ephemeral_and_static));
  if (!their_key) return fail(Fault::handshake_failed, "not for us");
  if (shared.refused.contains(*their_key)) return fail(Fault::banned);
  if (*their_key == shared.identity.exchange_public()) return fail(Fault::own_self);

  const auto payload = noise.read_payload(first.subspan(ephemeral_and_static));
  if (!payload) return fail(Fault::handshake_failed, "hello");
  shared.seen.insert(turn.now, ephemeral);
  auto theirs = decode_hello(*payload);
  if (!theirs) return fail(Fault::handshake_failed, theirs.error().what);
  if (crypto::to_exchange(theirs->id->key) != their_key) return fail(Fault::handshake_failed, "an id of another key");
  if (const auto ok = acceptable(*theirs, ours.hello, ours.least_version, turn.utc); !ok) {
    const bool is_ours = theirs->network == ours.hello.network;
    return std::unexpected(Refusal(ok.error(), is_ours ? std::optional(theirs->time) : std::nullopt));
  }

  const auto ephemeral_pair = crypto::exchange_pair(turn.rng.bytes<32>());
  auto message = noise.write_second(ephemeral_pair, encode_hello(dated(ours, turn)));
  if (!message) return fail(Fault::handshake_failed, "key exchange");
  return Answer{std::move(*message), make_session(noise.split(), std::move(*theirs))};
}

Result<Asking> Asking::begin(Shared& shared, const core::Offer& ours, core::Turn& turn, const PeerId& whom) {
  const auto their_key = crypto::to_exchange(whom.key);
  if (!their_key) return fail(Fault::bad_address, "id");
  crypto::IkInitiator noise(shared.aead, own_pair(shared.identity), *their_key,
                            crypto::exchange_pair(turn.rng.bytes<32>()), prologue(whom));
  auto first = noise.write_first(encode_hello(dated(ours, turn)));
  if (!first) return fail(Fault::bad_address, "id");
  return Asking(std::move(noise), whom, std::move(*first));
}

Result<Session> Asking::finish(const core::Offer& ours, const core::Turn& turn, Bytes second) {
  const auto payload = noise_.read_second(second);
  if (!payload) return fail(Fault::handshake_failed, "second message");
  auto theirs = decode_hello(*payload);
  if (!theirs) return fail(Fault::handshake_failed, theirs.error().what);
  if (theirs->id != whom_) return fail(Fault::handshake_failed, "another id than was dialled");
  if (const auto ok = acceptable(*theirs, ours.hello, ours.least_version, turn.utc); !ok)
    return std::unexpected(ok.error());
  return make_session(noise_.split(), std::move(*theirs));
}

}  // namespace kith::lean
