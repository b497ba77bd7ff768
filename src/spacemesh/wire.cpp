// From records to messages and back.
#include "spacemesh/wire.hpp"

#include "spacemesh/answer.hpp"

namespace kith::spacemesh {
namespace {

/// Lanes of the dialling side are odd; see core::Connection.
Lane first_lane_of_theirs(bool dialled) { return dialled ? 2 : 1; }

/// Letters are on none.
constexpr Lane no_lane = 0;

}  // namespace

Wire::Wire(Shared& shared, core::Turn& turn, const core::Offer& ours, Other other)
    : shared_(&shared),
      frames_(other.dialled ? max_record : max_first_record),
      calls_(first_lane_of_theirs(other.dialled)) {
  shared.learn(ours);
  if (other.dialled) {
    const auto& config = shared.config;
    const FirstRecord first{config.key,
                            {std::string(config.profile.client_version), config.network_id, ours.hello.port}};
    write_frame(first_, encode(first, turn.rng.bytes<24>()));
  }
  const auto patience = other.dialled ? silence_is_consent : first_record_patience;
  opening_ =
      std::make_unique<Opening>(Opening{ours.hello.network, ours.hello.version, std::move(other), turn.now + patience});
}

void Wire::receive(core::Turn& turn, Bytes bytes) {
  while (!closed_) {
    const auto record = frames_.take(bytes);
    if (!record) return end(record.error());
    if (!*record) return;
    if (opening_ && !opening_->other.dialled)
      on_first(**record);
    else
      on_record(turn, **record);
  }
}

void Wire::on_first(Bytes record) {
  const auto first = decode_first_record(record);
  if (!first) return end(first.error());
  const auto& config = shared_->config;
  if (const auto fits = acceptable(first->data, config.network_id, config.profile.least_version); !fits)
    return end(fits.error());
  frames_.limit(max_record);
  Hello hello;
  // The port that it names is not passed on: the host would dial it to see whether somebody is there, and that would be
  // a connection like any other. A ping finds out for less.
  hello.claimed = PeerId{first->key};
  hello.client = first->data.client_version;
  open(std::move(hello));
}

void Wire::on_record(core::Turn& turn, Bytes record) {
  auto plain = spacemesh::open(record);
  if (!plain) return end(plain.error());
  const auto message = decode_message(Body(std::move(*plain)));
  if (!message) return end(message.error());
  if (const auto fits = check_time(message->metadata.timestamp, turn.utc); !fits) return end(fits.error());
  if (opening_) {
    Hello hello;
    hello.claimed = opening_->other.address.id;
    hello.client = message->metadata.client_version;
    open(std::move(hello));
  }
  // Whoever saw it can send it again, here or to somebody else: here it is taken once.
  if (!closed_ && shared_->records.insert(turn.now, take_array<24>(record))) on_message(*message);
}

void Wire::on_message(const ProtocolMessage& message) {
  const auto name = shared_->names.find(message.metadata.protocol);
  // A node may have protocols that this one has not.
  if (name == shared_->names.end()) return;
  Message out{no_lane, name->second, Role::letter, 0, message.payload};
  if (message.call && message.call->is_request) {
    out.role = Role::request;
    out.type = message.call->type;
    out.lane = calls_.asked(*message.call);
  } else if (message.call) {
    const auto lane = calls_.answered(*message.call);
    if (!lane) return;
    auto answer = decode_answer(shared_->config.profile, message.payload);
    if (!answer) return end(answer.error());
    out.role = answer->error.empty() ? Role::answer : Role::refusal;
    out.type = message.call->type;
    out.lane = *lane;
    out.body = answer->error.empty() ? answer->data : Body(to_buffer(as_bytes(answer->error)));
  }
  reports_.emplace_back(core::Arrived{std::move(out)});
}

void Wire::open(Hello hello) {
  const auto opening = std::exchange(opening_, nullptr);
  hello.network = opening->network;
  hello.version = opening->version;
  hello.names = shared_->spoken;
  hello.kinds = shared_->config.kinds;
  reports_.emplace_back(core::Opened{std::move(hello)});
  if (opening->other.probe) end({Fault::goodbye, "probe"});
}

std::optional<Buffer> Wire::answer_of(const Message& message) const {
  Answer out;
  if (message.role == Role::refusal)
    out.error = message.body.size() > 0 ? std::string(as_text(message.body.bytes())) : std::string(error_bad_request);
  else
    out.data = message.body;
  return encode_answer(shared_->config.profile, out);
}

void Wire::say(core::Turn&, const Message& message) {
  const std::size_t said = message.body.size();
  if (closed_) return left(said);
  Outbox::Waiting waiting{message.name, std::nullopt, message.body, said};
  if (message.role == Role::letter) {
    // The original hangs up on a letter of nothing.
    if (said == 0) return;
  } else if (message.role == Role::request) {
    waiting.call = calls_.ask(message.lane, message.type);
  } else {
    waiting.call = calls_.answer(message.lane);
    auto payload = waiting.call ? answer_of(message) : std::nullopt;
    if (!payload) return left(said);
    waiting.payload = Body(std::move(*payload));
  }
  if (waiting_.add(shared_->priority(message.name), std::move(waiting))) return;
  left(said);
  end({Fault::too_slow, "messages that wait"});
}

void Wire::pull(core::Turn& turn, Buffer& out, std::size_t room) {
  if (closed_) return;
  const std::size_t most = out.size() + room;
  if (!first_.empty()) {
    append(out, first_);
    give_back(first_);
  }
  const auto& config = shared_->config;
  while (!waiting_.empty() && out.size() < most) {
    auto next = waiting_.take();
    const ProtocolMessage message{{shared_->text(next.name), std::string(config.profile.client_version),
                                   to_seconds(turn.utc), to_buffer(config.key), 0},
                                  next.call,
                                  std::move(next.payload)};
    write_frame(out, seal(turn.rng.bytes<24>(), encode(message)));
    left(next.said);
  }
}

void Wire::left(std::size_t bytes) {
  if (bytes > 0) reports_.emplace_back(core::Left{bytes});
}

/// There is no word for goodbye.
void Wire::close(core::Turn&, Fault why) { end({why}); }

void Wire::ended(core::Turn&) { end({opening_ ? Fault::closed_silently : Fault::cut, "the stream ended"}); }

void Wire::on_tick(core::Turn& turn) {
  if (!opening_ || turn.now < opening_->deadline) return;
  if (!opening_->other.dialled) return end({Fault::handshake_failed, "first record"});
  Hello hello;
  hello.claimed = opening_->other.address.id;
  open(std::move(hello));
}

std::optional<core::Report> Wire::take() {
  if (reports_.empty()) return std::nullopt;
  auto out = std::move(reports_.front());
  reports_.pop_front();
  return out;
}

void Wire::end(Error why) {
  if (std::exchange(closed_, true)) return;
  opening_.reset();
  left(waiting_.clear());
  reports_.emplace_back(core::Closed{why});
}

}  // namespace kith::spacemesh
