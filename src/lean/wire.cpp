// One connection: handshake bytes, then records of frames, then messages.
#include "lean/wire.hpp"

#include "base/give_back.hpp"
#include "lean/port.hpp"
#include "lean/record.hpp"

namespace kith::lean {
namespace {

/// Plaintext in front of what is signed, so that no other signature of this key can be taken for it.
constexpr std::string_view direct_domain = "kith-lean/1 direct";

}  // namespace

Wire::Wire(Shared& shared, core::Offer ours, const core::Turn& turn)
    : shared_(shared),
      opening_(std::make_unique<Opening>(std::move(ours), turn.now + handshake_patience)),
      dialled_(false) {}

Wire::Wire(Shared& shared, core::Offer ours, core::Turn& turn, const PeerId& whom, bool probe)
    : Wire(shared, std::move(ours), turn) {
  dialled_ = true;
  opening_->probe = probe;
  auto asking = Asking::begin(shared_, opening_->ours, turn, whom);
  if (!asking) {
    end(asking.error());
    return;
  }
  handshake_out_ = asking->message();
  opening_->asking.emplace(std::move(*asking));
}

void Wire::receive(core::Turn& turn, Bytes bytes) {
  if (state_ == State::closed) return;
  if (state_ != State::shaking) return take_records(bytes);
  append(opening_->in, bytes);
  shake(turn);
  if (state_ == State::confirming) take_records(std::exchange(opening_->in, {}));
}

void Wire::shake(core::Turn& turn) {
  auto& [ours, deadline, asking, in, probe, theirs] = *opening_;
  if (!dialled_) {
    // The dialler has nothing to say before the answer, so more than the first message is none.
    if (in.size() < first_size) return;
    auto answered = answer(shared_, ours, turn, in);
    if (!answered) return end(answered.error().error, answered.error().their_clock);
    in.clear();
    handshake_out_ = std::move(answered->message);
    return established(std::move(answered->session));
  }
  if (in.size() < second_size) return;
  auto session = asking->finish(ours, turn, Bytes(in).first(second_size));
  if (!session) return end(session.error());
  in.erase(in.begin(), in.begin() + second_size);
  asking.reset();
  if (!probe) return established(std::move(*session));
  reports_.emplace_back(core::Opened{std::move(session->theirs)});
  end({Fault::goodbye, "probe"});
}

void Wire::established(Session session) {
  session_.emplace(Keys{std::move(session.send), std::move(session.receive), session.handshake, *session.theirs.id});
  opening_->theirs = std::move(session.theirs);
  state_ = State::confirming;
  Names names;
  for (const auto& name : opening_->ours.names)
    if (name.is_on(wire_word)) names.names.push_back(name.text);
  names.demands_signatures = shared_.sign_all;
  names.fork = opening_->ours.hello.fork;
  names.kinds = opening_->ours.hello.kinds;
  outbox_.push(Priority::control, control_lane, {}, {}, encode_names(names));
}

void Wire::take_records(Bytes bytes) {
  while (state_ != State::closed) {
    // Only a record that came in pieces is put together; all others are read where they are.
    if (!in_.empty()) {
      const auto size = record_size(in_);
      if (!size) return end(size.error());
      const auto wanted = std::max(*size, length_size) - in_.size();
      const auto more = std::min(bytes.size(), wanted);
      append(in_, bytes.first(more));
      bytes = bytes.subspan(more);
    }
    Bytes from = in_.empty() ? bytes : Bytes(in_);
    const auto record = take_record(shared_.aead, session_->receive, from, shared_.plain);
    if (!record) return end(record.error());
    if (*record) {
      if (in_.empty())
        bytes = from;
      else
        give_back(in_);
      take_frames(**record);
    } else if (in_.empty()) {
      in_ = to_buffer(bytes);
      return;
    } else if (bytes.empty()) {
      return;
    }
  }
}

void Wire::take_frames(Bytes plain) {
  Reader frames(plain);
  while (frames.left() > 0 && state_ != State::closed) {
    const auto frame = read_frame(frames);
    const auto taken = frame ? take_frame(*frame) : Result<>(std::unexpected(frame.error()));
    if (!taken) return end(taken.error());
  }
}

Result<> Wire::take_frame(const Frame& frame) {
  if (frame.lane == control_lane) return take_control(frame);
  if (state_ != State::open) return fail(Fault::bad_frame, "a message before the names");
  if (frame.reset) return take_reset(frame.lane);
  const auto whole = inbox_.take(frame);
  if (whole) return *whole ? deliver(**whole) : Result<>{};
  if (whole.error().fault != Fault::unknown_name) return std::unexpected(whole.error());
  reports_.emplace_back(core::Erred{whole.error()});
  return {};
}

Result<> Wire::take_control(const Frame& frame) {
  if (!frame.begin || !frame.end) return fail(Fault::bad_frame, "control in pieces");
  auto control = decode_control(frame.piece);
  if (!control) return std::unexpected(control.error());
  const auto* names = std::get_if<Names>(&*control);
  if ((names != nullptr) != (state_ == State::confirming))
    return fail(Fault::bad_frame, "names, and only once, come first");
  if (names) return take_names(*names);
  if (const auto* goodbye = std::get_if<Goodbye>(&*control)) end({goodbye->why, "said by the peer"});
  return {};
}

Result<> Wire::take_names(const Names& names) {
  std::vector<std::optional<u32>> largest;
  const auto& ours = opening_->ours.names;
  for (const auto& text : names.names) {
    const auto at =
        std::find_if(ours.begin(), ours.end(), [&](const Name& n) { return n.text == text && n.is_on(wire_word); });
    const bool known = at != ours.end();
    names_.push_back(known ? std::optional(static_cast<u16>(at - ours.begin())) : std::nullopt);
    largest.push_back(known ? std::optional(at->largest) : std::nullopt);
    if (known) opening_->theirs.names.push_back(*names_.back());
  }
  std::sort(opening_->theirs.names.begin(), opening_->theirs.names.end());
  opening_->theirs.fork = names.fork;
  opening_->theirs.kinds = names.kinds;
  inbox_ = Inbox(std::move(largest));
  signs_ = shared_.sign_all || names.demands_signatures;
  for (const auto& name : ours) priorities_.push_back(name.priority);
  state_ = State::open;
  reports_.emplace_back(core::Opened{std::move(opening_->theirs)});
  opening_.reset();
  return {};
}

Result<> Wire::take_reset(Lane lane) {
  inbox_.drop(lane);
  const auto dropped = outbox_.drop(lane);
  report_left(dropped.bytes);
  // The other side holds a part of what it will never get the rest of.
  if (dropped.begun) outbox_.push_reset(lane);
  reports_.emplace_back(core::LaneReset{lane});
  return {};
}

Result<> Wire::deliver(const Whole& whole) {
  const bool answers = whole.head.role == Role::answer || whole.head.role == Role::refusal;
  if (answers != is_ours(whole.lane)) return fail(Fault::bad_lane, "a message on a lane of the wrong side");
  if (answers && whole.lane > asked_) return fail(Fault::never_asked, "lane");
  if (signs_ && !whole.head.is_signed) return fail(Fault::bad_signature, "a message without one");
  if (whole.head.is_signed) {
    const Bytes bytes = whole.bytes.bytes();
    const auto body = bytes.first(bytes.size() - signature_size);
    const auto signature = take_array<signature_size>(bytes.last(signature_size));
    if (!crypto::verify(session_->theirs.key, signed_bytes(false, whole.lane, body), signature))
      return fail(Fault::bad_signature, "message");
  }
  reports_.emplace_back(
      core::Arrived{{whole.lane, *names_[whole.head.name], whole.head.role, whole.head.type, whole.payload()}});
  return {};
}

Buffer Wire::signed_bytes(bool ours, Lane lane, Bytes head_and_payload) const {
  Buffer out = to_buffer(as_bytes(direct_domain));
  // The direction: 0 from the dialler, 1 from the listener.
  const u8 direction = ours == dialled_ ? 0 : 1;
  Writer(out).zeros(2).bytes(session_->handshake).byte(direction).u32be(lane).bytes(head_and_payload);
  return out;
}

void Wire::say(core::Turn& turn, const Message& message) {
  if (state_ != State::open) return report_left(message.body.size());
  // Who asks and never reads the answer, as small as it may be, does not fill our memory with it.
  if (outbox_.waiting() >= max_waiting) return close(turn, Fault::too_slow);
  if (message.role == Role::request) asked_ = std::max(asked_, message.lane);
  const Outbox::Head head{encode_head({message.name, message.role, message.type, turn.utc, signs_}), message_header};
  Buffer tail;
  if (signs_) {
    Buffer body = to_buffer(head.bytes);
    append(body, message.body.bytes());
    append(tail, shared_.identity.sign(signed_bytes(true, message.lane, body)));
  }
  outbox_.push(priorities_[message.name], message.lane, head, message.body, std::move(tail));
}

void Wire::reset(core::Turn&, Lane lane) {
  if (state_ != State::open) return;
  // What the other side has begun to say on it may still come whole; it is then a late answer, which is no fault.
  report_left(outbox_.drop(lane).bytes);
  outbox_.push_reset(lane);
}

void Wire::close(core::Turn&, Fault why) {
  if (state_ == State::closed) return;
  const bool session = state_ == State::confirming || state_ == State::open;
  end({why});
  if (session) outbox_.push(Priority::control, control_lane, {}, {}, encode_goodbye(why));
}

void Wire::pull(core::Turn&, Buffer& out, std::size_t room) {
  const auto end_at = out.size() + room;
  append(out, handshake_out_);
  give_back(handshake_out_);
  while (session_ && !outbox_.empty() && out.size() < end_at) {
    const auto start = begin_record(out);
    report_left(outbox_.fill(out, max_plain));
    if (!end_record(shared_.aead, session_->send, out, start)) return end({Fault::cut, "no nonce is left"});
  }
}

void Wire::ended(core::Turn&) {
  if (state_ == State::closed) return;
  const bool silent = dialled_ && state_ == State::shaking;
  end({silent ? Fault::closed_silently : Fault::cut, "the stream ended"});
}

void Wire::on_tick(core::Turn& turn) {
  if (turn.now >= deadline()) end({Fault::handshake_failed, "no handshake in time"});
}

std::optional<core::Report> Wire::take() {
  if (reports_.empty()) return std::nullopt;
  auto report = std::move(reports_.front());
  reports_.pop_front();
  return report;
}

void Wire::report_left(std::size_t bytes) {
  if (bytes > 0) reports_.emplace_back(core::Left{bytes});
}

void Wire::end(Error error, std::optional<Utc> their_clock) {
  state_ = State::closed;
  // A responder that failed says nothing, not even what it had ready.
  if (!session_) handshake_out_.clear();
  report_left(outbox_.clear());
  give_back(in_);
  reports_.emplace_back(core::Closed{error, their_clock});
}

}  // namespace kith::lean
