// The steps of BIP 324's handshake. Whoever calls them decides when; nothing here is sent by itself.
#include "bitcoin/v2_handshake.hpp"

#include <algorithm>

#include "base/gather.hpp"
#include "base/give_back.hpp"
#include "bitcoin/v1_frame.hpp"

namespace kith::bitcoin {

V2Draw draw_v2(Rng& rng) {
  V2Draw out{crypto::ellswift_create(rng), Buffer(rng.below(max_garbage + 1))};
  rng.fill(out.garbage);
  return out;
}

bool is_v1_version(Bytes first) {
  const auto magic_size = Magic{}.size();
  const auto prefix = v1_prefix({});
  return first.size() >= prefix.size() &&
         equal(first.subspan(magic_size, prefix.size() - magic_size), Bytes(prefix).subspan(magic_size));
}

Buffer V2Handshake::first_flight() const {
  Buffer out = to_buffer(ours_.keys.public_key);
  append(out, ours_.garbage);
  return out;
}

Result<std::optional<Agreed>> V2Handshake::take_key(Bytes& bytes) {
  const bool whole = gather(in_, crypto::EllswiftKey{}.size(), bytes);
  if (!initiator_ && is_v1_version(in_)) return fail(Fault::wrong_network, "magic");
  if (!whole) return std::nullopt;
  const auto theirs = take_array<crypto::EllswiftKey{}.size()>(in_);
  give_back(in_);
  const auto& [secret, public_key] = ours_.keys;
  auto agreed = agree(magic_, crypto::bip324_exchange(secret, public_key, theirs, initiator_), initiator_);
  our_terminator_ = agreed.ours;
  their_terminator_ = agreed.theirs;
  return agreed;
}

Buffer V2Handshake::second_flight(crypto::Aead& aead, Session& session, const std::vector<std::size_t>& decoys) const {
  Buffer out = to_buffer(our_terminator_);
  // The first packet, whichever it is, authenticates the garbage.
  Bytes ad = ours_.garbage;
  for (const std::size_t size : decoys) {
    session.send.write(aead, ad, true, {Buffer(size)}, out);
    ad = {};
  }
  session.send.write(aead, ad, false, {}, out);
  return out;
}

Result<bool> V2Handshake::take_garbage(Bytes& bytes) {
  const std::size_t size = their_terminator_.size();
  const std::size_t had = in_.size();
  append(in_, bytes.first(std::min(bytes.size(), max_garbage + size - had)));
  // A terminator may have begun with what was there before.
  const auto from = in_.begin() + static_cast<std::ptrdiff_t>(had - std::min(had, size - 1));
  const auto at = std::search(from, in_.end(), their_terminator_.begin(), their_terminator_.end());
  const bool ends = at != in_.end();
  const std::size_t taken = ends ? static_cast<std::size_t>(at - in_.begin()) + size : in_.size();
  bytes = bytes.subspan(taken - had);
  if (ends) in_.resize(taken - size);
  if (!ends && taken == max_garbage + size) return fail(Fault::handshake_failed, "no terminator");
  return ends;
}

Result<bool> V2Handshake::take_version(crypto::Aead& aead, Session& session, Bytes& bytes) {
  const auto packet = session.receive.take(aead, in_, bytes);
  if (!packet) return std::unexpected(packet.error());
  if (!*packet) return false;
  give_back(in_);
  return !(*packet)->decoy;
}

}  // namespace kith::bitcoin
