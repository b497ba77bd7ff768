// The conversation of a lean wire, without its bytes.
#include "sim/message_wire.hpp"

#include <algorithm>

#include "base/give_back.hpp"
#include "lean/control.hpp"
#include "lean/handshake.hpp"
#include "lean/hello.hpp"
#include "lean/port.hpp"

namespace kith::sim {
namespace {

Priority urgency(const Posted& posted, const std::vector<Name>& names) {
  const auto* message = std::get_if<Message>(&posted);
  return message ? names[message->name].priority : Priority::control;
}

}  // namespace

MessageWire::MessageWire(Ground& ground, const core::Offer& ours, const core::Turn& turn)
    : ground_(ground),
      opening_(std::make_unique<Opening>(ours.hello, ours.least_version, turn.now + lean::handshake_patience)) {
  opening_->hello.time = turn.utc;
}

MessageWire::MessageWire(Ground& ground, const core::Offer& ours, const core::Turn& turn, const PeerId& whom,
                         bool probe)
    : MessageWire(ground, ours, turn) {
  opening_->whom = whom;
  opening_->probe = probe;
  out_.emplace_back(Greeting{opening_->hello});
}

void MessageWire::receive(core::Turn& turn, Bytes bytes) {
  for (; !bytes.empty(); bytes = bytes.subspan(ticket_size)) {
    auto posted = ground_.post.take(bytes.first(ticket_size));
    if (state_ == State::closed) continue;
    if (const auto taken = take_posted(turn, std::move(posted)); !taken) end(taken.error());
  }
}

Result<> MessageWire::take_posted(const core::Turn& turn, Posted posted) {
  if (auto* message = std::get_if<Message>(&posted); message && state_ == State::open)
    return arrived(std::move(*message));
  if (auto* greeting = std::get_if<Greeting>(&posted); greeting && state_ == State::greeting)
    return greeted(turn, std::move(greeting->hello));
  if (const auto* naming = std::get_if<Naming>(&posted); naming && state_ == State::naming)
    return named(naming->names.bytes());
  if (const auto* lane = std::get_if<Reset>(&posted); lane && state_ == State::open) {
    reports_.emplace_back(core::LaneReset{lane->lane});
    return {};
  }
  if (const auto* goodbye = std::get_if<Goodbye>(&posted)) return fail(goodbye->why, "said by the peer");
  return fail(Fault::bad_frame, "a posted out of its order");
}

Result<> MessageWire::greeted(const core::Turn& turn, Hello theirs) {
  auto& [hello, least, deadline, whom, probe] = *opening_;
  if (theirs.id == ground_.id) return fail(Fault::own_self);
  if (ground_.refused.contains(*theirs.id)) return fail(Fault::banned);
  if (whom && theirs.id != whom) return fail(Fault::handshake_failed, "another id than was dialled");
  if (const auto fits = lean::acceptable(theirs, hello, least, turn.utc); !fits) return std::unexpected(fits.error());
  if (!whom) out_.emplace_back(Greeting{hello});
  hello = std::move(theirs);
  if (probe) {
    reports_.emplace_back(core::Opened{std::move(hello)});
    return fail(Fault::goodbye, "probe");
  }
  out_.emplace_back(Naming{ground_.naming});
  state_ = State::naming;
  return {};
}

Result<> MessageWire::named(Bytes bytes) {
  const auto control = lean::decode_control(bytes);
  const auto* names = control ? std::get_if<lean::Names>(&*control) : nullptr;
  if (!names) return fail(Fault::malformed, "names");
  for (const auto& text : names->names) {
    const auto at = std::ranges::find(ground_.names, text, &Name::text);
    const auto ours = static_cast<u16>(at - ground_.names.begin());
    names_.push_back(at == ground_.names.end() ? std::nullopt : std::optional(ours));
    if (names_.back()) opening_->hello.names.push_back(ours);
  }
  std::ranges::sort(opening_->hello.names);
  state_ = State::open;
  reports_.emplace_back(core::Opened{std::move(opening_->hello)});
  opening_.reset();
  return {};
}

Result<> MessageWire::arrived(Message message) {
  if (message.name >= names_.size()) return fail(Fault::malformed, "a name that was never given");
  const auto name = names_[message.name];
  if (!name) {
    reports_.emplace_back(core::Erred{{Fault::unknown_name, "a name that we do not speak"}});
    return {};
  }
  if (message.body.size() > ground_.names[*name].largest) return fail(Fault::oversize, "message");
  message.name = *name;
  reports_.emplace_back(core::Arrived{std::move(message)});
  return {};
}

void MessageWire::say(core::Turn&, const Message& message) {
  if (state_ != State::open) {
    if (!message.body.empty()) reports_.emplace_back(core::Left{message.body.size()});
    return;
  }
  const auto before = [&](const Posted& posted) {
    return urgency(posted, ground_.names) <= ground_.names[message.name].priority;
  };
  auto at = out_.end();
  while (at != out_.begin() && !before(*std::prev(at))) --at;
  out_.emplace(at, message);
}

void MessageWire::reset(core::Turn&, Lane lane) {
  if (state_ != State::open) return;
  std::size_t dropped = 0;
  std::erase_if(out_, [&](const Posted& posted) {
    const auto* message = std::get_if<Message>(&posted);
    if (!message || message->lane != lane) return false;
    dropped += message->body.size();
    return true;
  });
  if (dropped > 0) reports_.emplace_back(core::Left{dropped});
  out_.emplace_back(Reset{lane});
}

void MessageWire::close(core::Turn&, Fault why) {
  if (state_ == State::closed) return;
  const bool session = state_ != State::greeting;
  end({why});
  if (session) out_.emplace_back(Goodbye{why});
}

void MessageWire::pull(core::Turn&, Buffer& out, std::size_t room) {
  std::size_t pulled = 0;
  std::size_t left = 0;
  std::size_t weighed = 0;
  for (; pulled < out_.size() && weighed < room; ++pulled) {
    weighed += weight(out_[pulled]);
    if (const auto* message = std::get_if<Message>(&out_[pulled])) left += message->body.size();
    ground_.post.put(std::move(out_[pulled]), out);
  }
  // Idle wires are many: they keep no room.
  if (pulled == out_.size())
    give_back(out_);
  else
    out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(pulled));
  if (left > 0) reports_.emplace_back(core::Left{left});
}

void MessageWire::ended(core::Turn&) {
  if (state_ == State::closed) return;
  const bool silent = state_ == State::greeting && opening_->whom;
  end({silent ? Fault::closed_silently : Fault::cut, "the stream ended"});
}

void MessageWire::on_tick(core::Turn& turn) {
  if (turn.now >= deadline()) end({Fault::handshake_failed, "no handshake in time"});
}

std::optional<core::Report> MessageWire::take() {
  if (reports_.empty()) return std::nullopt;
  auto report = std::move(reports_.front());
  reports_.pop_front();
  return report;
}

void MessageWire::end(Error error) {
  state_ = State::closed;
  std::size_t left = 0;
  for (const auto& posted : out_)
    if (const auto* message = std::get_if<Message>(&posted)) left += message->body.size();
  out_.clear();
  if (left > 0) reports_.emplace_back(core::Left{left});
  reports_.emplace_back(core::Closed{error});
}

std::string_view MessagePort::word() const { return lean::wire_word; }

void MessagePort::learn(const core::Offer& ours) {
  if (!ground_.naming.empty()) return;
  ground_.names = ours.names;
  lean::Names names;
  for (const auto& name : ours.names) names.names.push_back(name.text);
  ground_.naming = Body(lean::encode_names(names));
}

std::unique_ptr<core::Wire> MessagePort::dial(core::Turn& turn, const Address& to, const core::Offer& ours,
                                              bool probe) {
  learn(ours);
  // Nobody has the id that is all zero, so an address without one comes to nothing.
  return std::make_unique<MessageWire>(ground_, ours, turn, to.id.value_or(PeerId{}), probe);
}

std::unique_ptr<core::Wire> MessagePort::accept(core::Turn& turn, const Address&, const core::Offer& ours) {
  learn(ours);
  return std::make_unique<MessageWire>(ground_, ours, turn);
}

void MessagePort::refuse(const PeerId& id, bool refused) {
  if (refused)
    ground_.refused.insert(id);
  else
    ground_.refused.erase(id);
}

}  // namespace kith::sim
