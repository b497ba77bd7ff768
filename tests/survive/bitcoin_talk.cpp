// Frames and packets by the wire's own code, and their contents as a script wants them.
#include "survive/bitcoin_talk.hpp"

#include "bitcoin/contents.hpp"
#include "bitcoin/messages/headers.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "survive/bitcoin_payload.hpp"

namespace kith::survive {
namespace {

/// The version that those have who shake hands as they should.
constexpr const char* usual_version = "version:70016";

}  // namespace

bool BitcoinTalk::begin(Line& line, const std::string& verb, Words rest) {
  if (verb != "handshake" && verb != "try" && verb != "transport") return false;
  shakes_ = verb != "transport";
  if (attack_.encrypted) {
    auto garbage = Buffer(number(value_of(rest, "garbage", "0")));
    attack_.rng.fill(garbage);
    v2_.emplace(attack_.magic, true, bitcoin::V2Draw{crypto::ellswift_create(attack_.rng), std::move(garbage)});
    line.write(v2_->first_flight());
  } else if (shakes_) {
    say(line, "version", payload(std::vector<std::string>{usual_version}));
  }
  return true;
}

bool BitcoinTalk::act(Line& line, const std::string& verb, Words rest) {
  if (rest.empty()) return false;
  ++line.messages;
  if (verb == "say")
    say(line, rest[0], payload(rest.subspan(1)));
  else if (verb == "serve")
    serves_ = number(rest[0]);
  else if (verb == "decoy" && attack_.encrypted)
    packet(line, Buffer(number(rest[0])), true);
  else if (verb == "contents" && attack_.encrypted)
    packet(line, payload(rest), false);
  else
    return false;
  return true;
}

Buffer BitcoinTalk::payload(Words words) { return bitcoin_payload(words, attack_.chain, attack_.rng); }

u64 BitcoinTalk::heard(const std::string& what) const {
  const auto at = heard_.find(what);
  return at == heard_.end() ? 0 : at->second;
}

void BitcoinTalk::say(Line& line, const std::string& type, Bytes payload) {
  Buffer out;
  if (attack_.encrypted) {
    out = to_buffer(bitcoin::contents_head(type).bytes());
    append(out, payload);
    return packet(line, out, false);
  }
  bitcoin::write_v1(out, attack_.magic, type, payload);
  line.write(out);
}

void BitcoinTalk::packet(Line& line, Bytes contents, bool decoy) {
  if (!session_) throw Failed{"no keys yet: a transport or a handshake comes first"};
  Buffer out;
  session_->send.write(attack_.aead, {}, decoy, {contents}, out);
  line.write(out);
}

void BitcoinTalk::hear(Line& line, Bytes bytes) { attack_.encrypted ? hear_v2(line, bytes) : hear_v1(line, bytes); }

void BitcoinTalk::hear_v1(Line& line, Bytes bytes) {
  while (!bytes.empty()) {
    const auto message = v1_.take(bytes);
    if (!message) throw Failed{"the node sends what is no message"};
    if (*message) take(line, **message);
  }
}

void BitcoinTalk::hear_v2(Line& line, Bytes bytes) {
  if (!v2_) return;
  while (!bytes.empty()) {
    if (!session_) {
      auto agreed = v2_->take_key(bytes);
      if (!agreed || !*agreed) return;
      session_.emplace(std::move((*agreed)->session));
      line.write(v2_->second_flight(attack_.aead, *session_, {}));
      if (shakes_) say(line, "version", payload(std::vector<std::string>{usual_version}));
    } else if (!authenticated_) {
      authenticated_ = v2_->take_garbage(bytes).value_or(false);
    } else if (!open_) {
      open_ = v2_->take_version(attack_.aead, *session_, bytes).value_or(false);
    } else {
      const auto packet = session_->receive.take(attack_.aead, {}, bytes);
      if (!packet) throw Failed{"the node sends what is no packet"};
      const bool speaks = *packet && !(*packet)->decoy;
      if (const auto message = bitcoin::read_contents(speaks ? (*packet)->contents : Body())) take(line, *message);
    }
  }
}

void BitcoinTalk::take(Line& line, const bitcoin::NetMessage& message) {
  const auto& [type, payload] = message;
  ++heard_[type];
  if (shakes_ && type == "version")
    for (const auto* next : {"wtxidrelay", "sendaddrv2", "verack"}) say(line, next, {});
  line.had_session |= shakes_ && type == "verack";
  if (type == "getdata") take_getdata(line, payload.bytes());
  if (serves_ > 0 && type == "getheaders")
    say(line, "headers", bitcoin::encode_headers(attack_.chain.headers(1, serves_)));
}

void BitcoinTalk::take_getdata(Line& line, Bytes payload) {
  for (const auto& wanted : bitcoin::decode_inventory(payload).value_or(std::vector<bitcoin::Inv>{})) {
    const auto height = attack_.chain.height_of(wanted.hash);
    if (!height) continue;
    ++heard_["getdata:" + std::to_string(*height)];
    if (*height <= serves_) say(line, "block", attack_.chain.block(std::to_string(*height)));
  }
}

}  // namespace kith::survive
