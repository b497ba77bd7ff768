// Records by lean's own code, and their contents as a script wants them.
#include "survive/lean_talk.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/writer.hpp"
#include "lean/control.hpp"
#include "lean/frame.hpp"
#include "lean/inbox.hpp"
#include "lean/record.hpp"
#include "survive/payload.hpp"

namespace kith::survive {
namespace {

u32 name_index(const std::string& word) {
  const auto at = std::ranges::find(names, word);
  if (at == names.end()) throw Failed{"'" + word + "' is no name of a protocol here"};
  return static_cast<u32>(at - names.begin());
}

Role role_of(const std::string& word) {
  const std::vector<std::string> roles{"letter", "request", "answer", "refusal"};
  const auto at = std::ranges::find(roles, word);
  if (at == roles.end()) throw Failed{"'" + word + "' is no role"};
  return static_cast<Role>(at - roles.begin());
}

}  // namespace

LeanTalk::LeanTalk(LeanAttack& attack, u64 key) : attack_(attack), identity_(identity_of(key)) {
  offer_.hello = {.id = PeerId{identity_.public_key()},
                  .network = attack.network,
                  .time = {},
                  .port = 0,
                  .version = version(0, 1, 0),
                  .client = "attacker",
                  .names = {}};
}

bool LeanTalk::begin(Line& line, const std::string& verb, Words) {
  if (verb != "try" && verb != "handshake") return false;
  begun_ = true;
  line.write(first());
  return true;
}

bool LeanTalk::act(Line& line, const std::string& verb, Words rest) {
  if (verb == "first") {
    attack_.last_first = first();
    line.write(attack_.last_first);
  } else if (verb == "again") {
    line.write(attack_.last_first);
  } else if (verb == "record") {
    record(line, payload(rest));
  } else if (verb == "frame") {
    return frame(line, rest);
  } else if (verb == "say" || verb == "begin") {
    return message(line, rest, verb == "say");
  } else {
    return false;
  }
  ++line.messages;
  return true;
}

Buffer LeanTalk::payload(Words words) {
  Maker maker{identity_, attack_.network, attack_.rng};
  auto out = payload_of(words, maker);
  if (!out) throw Failed{"a payload that nobody can make"};
  return std::move(*out);
}

void LeanTalk::hear(Line& line, Bytes bytes) {
  if (!asking_ || session_ || second_.size() >= lean::second_size) return;
  append(second_, bytes.first(std::min(bytes.size(), lean::second_size - second_.size())));
  if (begun_ && second_.size() == lean::second_size) finish(line);
}

const Buffer& LeanTalk::first() {
  core::Turn turn{Time{}, utc_now(), attack_.rng};
  auto asking = lean::Asking::begin(shared_, offer_, turn, attack_.whom);
  if (!asking) throw std::runtime_error("a node whose id is no key");
  asking_.emplace(std::move(*asking));
  return asking_->message();
}

void LeanTalk::finish(Line& line) {
  const core::Turn turn{Time{}, utc_now(), attack_.rng};
  auto session = asking_->finish(offer_, turn, second_);
  if (!session) throw std::runtime_error("a second message that is none");
  session_.emplace(std::move(*session));
  line.had_session = true;
  Buffer plain;
  lean::write_frame(plain, {lean::control_lane, true, true, false, lean::encode_names({names, false})});
  record(line, plain);
}

void LeanTalk::record(Line& line, Bytes plain) {
  if (!session_ || !line.is_open()) return;
  Buffer out;
  lean::write_record(shared_.aead, session_->send, plain, out);
  line.write(out);
}

/// frame LANE FLAGS payload: any frame.
bool LeanTalk::frame(Line& line, Words rest) {
  if (rest.size() < 2) return false;
  const auto flags = from_hex(rest[1]);
  if (!flags || flags->size() != 1) throw Failed{"the flags of a frame are two hexadecimal digits"};
  const auto piece = payload(rest.subspan(2));
  Buffer plain;
  Writer(plain)
      .u32be(static_cast<u32>(number(rest[0])))
      .byte((*flags)[0])
      .u24be(static_cast<u32>(piece.size()))
      .bytes(piece);
  ++line.messages;
  record(line, plain);
  return true;
}

/// say NAME ROLE TYPE [on LANE] payload: a message that is as it should be, or, without its end, begin.
bool LeanTalk::message(Line& line, Words rest, bool whole) {
  if (rest.size() < 3) return false;
  const bool on = rest.size() >= 5 && rest[3] == "on";
  const auto lane = on ? static_cast<Lane>(number(rest[4])) : std::exchange(lane_, lane_ + 2);
  Buffer bytes;
  lean::write_head(bytes, {name_index(rest[0]), role_of(rest[1]), static_cast<u32>(number(rest[2])), utc_now(), false});
  append(bytes, payload(rest.subspan(on ? 5 : 3)));
  ++line.messages;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto piece = Bytes(bytes).subspan(at, std::min(bytes.size() - at, lean::max_piece));
    const bool last = at + piece.size() == bytes.size();
    Buffer plain;
    lean::write_frame(plain, {lane, at == 0, last && whole, false, piece});
    record(line, plain);
    at += piece.size();
  }
  return true;
}

}  // namespace kith::survive
