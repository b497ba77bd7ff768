// Which transport it is, and the one queue before both.
#include "bitcoin/transport.hpp"

#include <utility>

#include "base/check.hpp"
#include "bitcoin/contents.hpp"

namespace kith::bitcoin {

std::size_t Transport::Leaving::payload_before(std::size_t end) const {
  return std::min(payload_size, end - std::min(end, payload_at));
}

Transport Transport::dial_v1(crypto::Aead& aead, const Magic& magic) {
  Transport out(aead, magic, State::v1);
  out.version_ = Version::v1;
  return out;
}

Transport Transport::dial_v2(crypto::Aead& aead, Rng& rng, const Magic& magic) {
  Transport out(aead, magic, State::key);
  out.dialled_v2_ = true;
  out.begin_v2(rng, true);
  return out;
}

Transport Transport::answer(crypto::Aead& aead, const Magic& magic) { return {aead, magic, State::telling}; }

void Transport::receive(Rng& rng, Bytes bytes) {
  heard_ = heard_ || !bytes.empty();
  while (!bytes.empty() && state_ != State::closed) {
    const auto taken = step(rng, bytes);
    if (taken) continue;
    if (row(taken.error().fault).closes)
      close(taken.error());
    else
      events_.emplace_back(core::Erred{taken.error()});
  }
}

Result<> Transport::step(Rng& rng, Bytes& bytes) {
  switch (state_) {
    case State::telling: return tell(rng, bytes);
    case State::v1: return take_v1(bytes);
    case State::key: return take_key(bytes);
    case State::garbage: {
      const auto ended = handshake_->take_garbage(bytes);
      if (!ended) return std::unexpected(ended.error());
      if (*ended) state_ = State::version;
      return {};
    }
    case State::version: {
      const auto came = handshake_->take_version(*aead_, *session_, bytes);
      if (!came) return std::unexpected(came.error());
      if (!*came) return {};
      state_ = State::v2;
      handshake_.reset();
      return {};
    }
    case State::v2: return take_v2(bytes);
    case State::closed: break;
  }
  return {};
}

Result<> Transport::tell(Rng& rng, Bytes& bytes) {
  const Bytes part = bytes.first(std::min(bytes.size(), prefix_.size() - prefix_size_));
  std::ranges::copy(part, prefix_.begin() + prefix_size_);
  prefix_size_ = static_cast<u8>(prefix_size_ + part.size());
  bytes = bytes.subspan(part.size());

  Bytes seen = Bytes(prefix_).first(prefix_size_);
  if (equal(seen, Bytes(v1_prefix(magic_)).first(seen.size()))) {
    if (seen.size() < prefix_.size()) return {};
    state_ = State::v1;
    version_ = Version::v1;
    waiting_.erase_if([](const Waiting& waiting) { return waiting.decoy.has_value(); });
    return take_v1(seen);
  }
  if (is_v1_version(seen)) return fail(Fault::wrong_network, "magic");
  state_ = State::key;
  begin_v2(rng, false);
  return take_key(seen);
}

void Transport::begin_v2(Rng& rng, bool initiator) {
  version_ = Version::v2;
  handshake_ = std::make_unique<V2Handshake>(magic_, initiator, draw_v2(rng));
  most_garbage_ = handshake_->said_most_garbage();
  leaving_.bytes = handshake_->first_flight();
}

Result<> Transport::take_key(Bytes& bytes) {
  auto agreed = handshake_->take_key(bytes);
  if (!agreed) return std::unexpected(agreed.error());
  if (!*agreed) return {};
  session_ = std::make_unique<Session>(std::move((*agreed)->session));
  std::vector<std::size_t> decoys;
  while (!waiting_.empty() && waiting_.front().decoy) {
    decoys.push_back(*waiting_.front().decoy);
    waiting_.pop_front();
  }
  append(leaving_.bytes, handshake_->second_flight(*aead_, *session_, decoys));
  state_ = State::garbage;
  return {};
}

Result<> Transport::take_v1(Bytes& bytes) {
  auto message = v1_.take(bytes);
  if (!message) return std::unexpected(message.error());
  if (*message) events_.emplace_back(std::move(**message));
  return {};
}

Result<> Transport::take_v2(Bytes& bytes) {
  const auto packet = session_->receive.take(*aead_, {}, bytes);
  if (!packet) return std::unexpected(packet.error());
  if (!*packet || (*packet)->decoy) return {};
  auto message = read_contents((*packet)->contents);
  if (!message) return std::unexpected(message.error());
  events_.emplace_back(std::move(*message));
  return {};
}

bool Transport::say(std::string_view type, Body payload) {
  check(type.size() <= type_size && payload.size() <= max_payload, "a message that can be sent");
  if (state_ == State::closed) {
    report_left(payload.size());
    return true;
  }
  if (waiting_.size() == max_waiting) return false;
  waiting_.push_back({std::string(type), std::move(payload)});
  return true;
}

void Transport::say_decoy(std::size_t size) {
  check(size <= max_contents, "a decoy that can be sent");
  if (state_ == State::closed || state_ == State::v1 || waiting_.size() == max_waiting) return;
  waiting_.push_back({{}, {}, size});
}

std::size_t Transport::frame_overhead(const Waiting& message) const {
  if (state_ == State::v1) return v1_header;
  return packet_overhead + (message.decoy ? *message.decoy : contents_head(message.type).size);
}

void Transport::frame(const Waiting& message, Buffer& out) {
  if (state_ == State::v1) {
    write_v1(out, magic_, message.type, message.payload.bytes());
  } else if (message.decoy) {
    session_->send.write(*aead_, {}, true, {Buffer(*message.decoy)}, out);
  } else {
    const auto head = contents_head(message.type);
    session_->send.write(*aead_, {}, false, {head.bytes(), message.payload.bytes()}, out);
  }
}

void Transport::pull(Buffer& out, std::size_t room) {
  const std::size_t start = out.size();
  const std::size_t end = start + room;
  std::size_t left = 0;
  while (out.size() < end && has_output()) {
    if (leaving_.bytes.empty()) {
      const Waiting message = std::move(waiting_.front());
      waiting_.pop_front();
      const std::size_t size = message.payload.size();
      const std::size_t overhead = frame_overhead(message);
      if (overhead + size <= end - out.size()) {
        frame(message, out);
        left += size;
        continue;
      }
      leaving_.bytes.reserve(overhead + size);
      frame(message, leaving_.bytes);
      const std::size_t behind = state_ == State::v1 ? 0 : crypto::tag_size;
      leaving_.payload_at = overhead - behind;
      leaving_.payload_size = size;
    }
    auto& [bytes, at, payload_at, payload_size] = leaving_;
    const std::size_t piece = std::min(bytes.size() - at, end - out.size());
    append(out, Bytes(bytes).subspan(at, piece));
    left += leaving_.payload_before(at + piece) - leaving_.payload_before(at);
    at += piece;
    if (at == bytes.size()) leaving_ = {};
  }
  sent_ += out.size() - start;
  report_left(left);
}

bool Transport::has_output() const { return !leaving_.bytes.empty() || (may_say() && !waiting_.empty()); }

void Transport::close(Error why) {
  if (state_ == State::closed) return;
  std::size_t left = leaving_.payload_size - leaving_.payload_before(leaving_.at);
  for (const auto& message : waiting_) left += message.payload.size();
  report_left(left);
  state_ = State::closed;
  prefix_size_ = 0;
  v1_ = V1Reader(magic_);
  handshake_.reset();
  session_.reset();
  waiting_.clear();
  leaving_ = {};
  events_.emplace_back(core::Closed{why});
}

std::optional<TransportEvent> Transport::take() {
  if (events_.empty()) return std::nullopt;
  auto event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void Transport::report_left(std::size_t bytes) {
  if (bytes > 0) events_.emplace_back(core::Left{bytes});
}

std::optional<Hash> Transport::session_id() const {
  if (!session_) return std::nullopt;
  return session_->id;
}

bool Transport::retry_as_v1() const { return dialled_v2_ && !heard_ && sent_ >= v1_header; }

std::size_t Transport::held() const {
  std::size_t out = v1_.held();
  if (state_ == State::telling) out += prefix_size_;
  if (handshake_) out += handshake_->held();
  if (session_) out += session_->receive.held();
  return out;
}

}  // namespace kith::bitcoin
