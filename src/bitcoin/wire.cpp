// From transport to handshake to the host's table of names.
#include "bitcoin/wire.hpp"

#include "bitcoin/messages/names.hpp"
#include "bitcoin/transactions.hpp"

namespace kith::bitcoin {
namespace {

/// What we demand of those whom we dial: all blocks, with witnesses.
constexpr u64 demanded = service::network | service::witness;

Version version_of(const PortConfig& config, const core::Offer& ours, core::Turn& turn, const Address& to) {
  Version out;
  out.services = config.services;
  out.time = to_seconds(turn.utc);
  out.receiver = {0, to.ip, to.port};
  out.sender.services = config.services;
  out.nonce = turn.rng() | 1;
  out.user_agent = config.user_agent;
  out.height = static_cast<i32>(ours.height);
  out.relay = config.relay;
  return out;
}

}  // namespace

Wire::Wire(Shared& shared, core::Offer ours, core::Turn& turn, Transport transport, Other other)
    : shared_(&shared), transport_(std::move(transport)) {
  auto version = version_of(shared.config, ours, turn, other.address);
  // A node without blocks is of no use to a peer that demands them, but a test network may have such.
  const u64 demands = shared.config.services & demanded;
  Handshake handshake(std::move(version), demands, other.dialled);
  if (other.dialled) {
    shared.nonces.insert(turn.now, handshake.nonce());
    auto first = handshake.begin();
    say(first.type, std::move(first.payload));
  }
  opening_ =
      std::make_unique<Opening>(std::move(ours), std::move(handshake), std::move(other), turn.now + handshake_patience);
}

void Wire::receive(core::Turn& turn, Bytes bytes) {
  if (closed_) return;
  transport_.receive(turn.rng, bytes);
  hear(turn);
}

void Wire::hear(core::Turn& turn) {
  while (auto event = transport_.take()) {
    if (const auto* message = std::get_if<NetMessage>(&*event))
      take_message(turn, *message);
    else if (const auto* left = std::get_if<core::Left>(&*event))
      reports_.emplace_back(*left);
    // Where the protocol says that one message is dropped, nobody owes for it.
    else if (const auto* closed = std::get_if<core::Closed>(&*event))
      end(closed->error);
  }
}

void Wire::take_message(core::Turn& turn, const NetMessage& message) {
  if (closed_) return;
  if (opening_) return shake(turn, message);
  if (Handshake::is_late(message.type)) return end({Fault::unwelcome, "a word of the handshake behind it"});
  if (name::is_refused(message.type)) return end({Fault::unwelcome, "a service that is not offered"});
  report(message.type, message.payload);
}

void Wire::shake(core::Turn& turn, const NetMessage& message) {
  std::vector<NetMessage> out;
  const auto taken = opening_->handshake.take(message, out);
  if (!taken) return end(taken.error());
  const auto& theirs = opening_->handshake.theirs();
  if (!opening_->other.dialled && theirs && shared_->nonces.contains(turn.now, theirs->version.nonce))
    return end({Fault::own_self, "our own nonce"});
  for (auto& each : out) say(each.type, std::move(each.payload));
  if (*taken) open();
}

void Wire::open() {
  const auto opening = std::exchange(opening_, nullptr);
  const auto& theirs = *opening->handshake.theirs();
  Hello hello{.id = std::nullopt,
              .network = opening->ours.hello.network,
              .time = from_seconds(std::clamp<i64>(theirs.version.time, 0, i64{1} << 40)),
              .port = 0,
              .version = opening->ours.hello.version,
              .client = theirs.version.user_agent,
              .names = {}};
  hello.kinds.emplace();
  if (theirs.version.relay) hello.kinds->push_back(gossip::tag_of(tx_kind));
  for (const auto& [type, name] : shared_->types) {
    if (type == name::wtxidrelay && !theirs.wtxidrelay) continue;
    if (type == name::sendaddrv2 && !theirs.sendaddrv2) continue;
    hello.names.push_back(name);
  }
  std::ranges::sort(hello.names);
  reports_.emplace_back(core::Opened{std::move(hello)});
  report(name::version, theirs.payload);
  if (opening->other.probe) end({Fault::goodbye, "probe"});
}

void Wire::report(std::string_view type, const Body& payload) {
  const auto at = shared_->types.find(type);
  // A later version knows more words.
  if (at == shared_->types.end()) return;
  reports_.emplace_back(core::Arrived{{only_lane, at->second, Role::letter, 0, payload}});
}

void Wire::say(core::Turn&, const Message& message) {
  for (const auto& [type, name] : shared_->types)
    if (name == message.name) return say(type, message.body);
}

void Wire::say(std::string_view type, Body payload) {
  const auto size = payload.size();
  if (closed_) {
    if (size > 0) reports_.emplace_back(core::Left{size});
  } else if (!transport_.say(type, std::move(payload))) {
    if (size > 0) reports_.emplace_back(core::Left{size});
    end({Fault::too_slow, "messages that wait"});
  }
}

void Wire::close(core::Turn& turn, Fault why) {
  if (closed_) return;
  transport_.close({why});
  hear(turn);
}

void Wire::pull(core::Turn& turn, Buffer& out, std::size_t room) {
  transport_.pull(out, room);
  hear(turn);
}

void Wire::ended(core::Turn& turn) {
  if (closed_) return;
  const bool plain = opening_ && opening_->other.dialled && transport_.retry_as_v1();
  const bool again = plain || (opening_ && !opening_->handshake.theirs() && transport_.retry_as_v2());
  if (plain) shared_->plain.insert(turn.now, opening_->other.address);
  transport_.close({opening_ ? Fault::closed_silently : Fault::cut, "the stream ended"});
  again_ = again;
  hear(turn);
}

void Wire::on_tick(core::Turn& turn) {
  if (opening_ && turn.now >= opening_->deadline) close(turn, Fault::handshake_failed);
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
  transport_.close(why);
  reports_.emplace_back(core::Closed{why, std::nullopt, again_});
}

}  // namespace kith::bitcoin
