// Records and datagrams by the wire's own code, and their contents as a script wants them.
#include "survive/spacemesh_talk.hpp"

#include <array>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.hpp"
#include "spacemesh/answer.hpp"
#include "spacemesh/datagram.hpp"
#include "survive/bitcoin_payload.hpp"

namespace kith::survive {
namespace {

constexpr std::string_view client = "go-spacemesh/0.0.2";
constexpr u16 a_port = 7513;

sockaddr_in to_socket(const Ip& ip, u16 port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  std::copy_n(ip.bytes.end() - 4, 4, reinterpret_cast<u8*>(&out.sin_addr));
  return out;
}

crypto::Key key_of(u64 number) {
  crypto::Key out{};
  for (std::size_t i = 0; i < sizeof(number); ++i) out[i] = static_cast<u8>(number >> 8 * i);
  out.back() = 1;
  return out;
}

}  // namespace

SpacemeshTalk::~SpacemeshTalk() {
  if (udp_ >= 0) ::close(udp_);
}

crypto::Key SpacemeshTalk::key() const { return key_of(key_); }

bool SpacemeshTalk::begin(Line& line, const std::string& verb, Words rest) {
  if (verb != "handshake" && verb != "try") return false;
  first(line, rest);
  line.had_session = true;
  return begun_ = true;
}

void SpacemeshTalk::first(Line& line, Words rest) {
  const spacemesh::FirstRecord record{key(),
                                      {value_of(rest, "version", std::string(client)),
                                       static_cast<u32>(number(value_of(rest, "network", "1"))), a_port}};
  attack_.last_first.clear();
  spacemesh::write_frame(attack_.last_first, spacemesh::encode(record, attack_.rng.bytes<24>()));
  line.write(attack_.last_first);
}

bool SpacemeshTalk::act(Line& line, const std::string& verb, Words rest) {
  ++line.messages;
  if (verb == "again") {
    line.write(attack_.last_first);
  } else if (verb == "replay") {
    line.write(attack_.last_record);
  } else if (rest.empty()) {
    return false;
  } else if (verb == "say") {
    message(line, rest[0], std::nullopt, payload(rest.subspan(1)));
  } else if ((verb == "call" || verb == "answer") && rest.size() >= 2) {
    const spacemesh::Call call{verb == "call", static_cast<u32>(number(rest[1])), next_call_++};
    message(line, rest[0], call, payload(rest.subspan(2)));
  } else if (verb == "record") {
    record(line, payload(rest));
  } else if (verb == "datagram") {
    datagram(line, payload(rest));
  } else if (verb == "sealed") {
    Buffer out = to_buffer(key());
    append(out, spacemesh::seal(attack_.rng.bytes<24>(), payload(rest)));
    datagram(line, out);
  } else if ((verb == "ask" || verb == "tell") && rest.size() >= 2) {
    const std::optional<spacemesh::Call> call =
        rest[1] == "plain"
            ? std::nullopt
            : std::optional(spacemesh::Call{verb == "ask", static_cast<u32>(number(rest[1])), next_call_++});
    const spacemesh::Datagram out{
        key(), {{rest[0], std::string(client), 0, to_buffer(key()), 1}, call, Body(payload(rest.subspan(2)))}};
    datagram(line, spacemesh::encode(out, attack_.rng.bytes<24>()));
  } else {
    return false;
  }
  return true;
}

void SpacemeshTalk::message(Line& line, const std::string& protocol, std::optional<spacemesh::Call> call,
                            Bytes payload) {
  record(line, spacemesh::encode(spacemesh::ProtocolMessage{
                   {protocol, std::string(client), to_seconds(utc_now()), to_buffer(key()), 0},
                   call,
                   Body(to_buffer(payload))}));
}

void SpacemeshTalk::record(Line& line, Bytes plain) {
  attack_.last_record.clear();
  spacemesh::write_frame(attack_.last_record, spacemesh::seal(attack_.rng.bytes<24>(), plain));
  line.write(attack_.last_record);
}

Buffer SpacemeshTalk::payload(Words words) {
  Buffer out;
  for (const auto& word : words) {
    if (word.starts_with("text:")) {
      append(out, as_bytes(std::string_view(word).substr(5)));
    } else if (word.starts_with("length:")) {
      for (u64 left = u64{1} << number(word.substr(7)); left > 0; left >>= 7)
        out.push_back(static_cast<u8>((left & 0x7f) | (left >> 7 ? 0x80 : 0)));
    } else if (word.starts_with("info:")) {
      append(out, spacemesh::encode(spacemesh::own_info(key_of(number(word.substr(5))), a_port, a_port)));
    } else if (word.starts_with("answer:")) {
      append(out, *spacemesh::encode_answer(spacemesh::profile_b, {Body(Buffer(number(word.substr(7)))), {}}));
    } else {
      append(out, bitcoin_payload(std::span(&word, 1), attack_.chain, attack_.rng));
    }
  }
  return out;
}

void SpacemeshTalk::datagram(Line& line, Bytes bytes) {
  if (udp_ < 0) {
    udp_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const auto here = to_socket(line.socket().here().ip, 0);
    check(::bind(udp_, reinterpret_cast<const sockaddr*>(&here), sizeof(here)) == 0, "a socket for datagrams");
  }
  const auto to = to_socket(attack_.to.ip, attack_.to.port);
  const auto count = ::sendto(udp_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  if (count > 0) line.sent += static_cast<u64>(count);
}

void SpacemeshTalk::pump(Line& line) {
  std::array<u8, 65536> bytes;
  while (udp_ >= 0) {
    const auto count = ::recv(udp_, bytes.data(), bytes.size(), 0);
    if (count < 0) return;
    line.received += static_cast<u64>(count);
    hear_datagram(Bytes(bytes).first(static_cast<std::size_t>(count)));
  }
}

void SpacemeshTalk::hear_datagram(Bytes bytes) {
  const auto datagram = spacemesh::decode_datagram(bytes);
  if (!datagram || !datagram->message.call) throw Failed{"the node sends what is no datagram"};
  const auto& call = *datagram->message.call;
  if (call.type == spacemesh::type_get_addresses) ++heard_["addresses"];
  if (call.type == spacemesh::type_ping) ++heard_[call.is_request ? "ping" : "pong"];
}

void SpacemeshTalk::hear(Line&, Bytes bytes) {
  while (!bytes.empty()) {
    const auto frame = frames_.take(bytes);
    if (!frame) throw Failed{"the node sends what is no record"};
    if (!*frame) return;
    auto plain = spacemesh::open(**frame);
    if (!plain) throw Failed{"the node sends what is not sealed"};
    if (const auto message = spacemesh::decode_message(Body(std::move(*plain)))) ++heard_[message->metadata.protocol];
  }
}

u64 SpacemeshTalk::heard(const std::string& what) const {
  const auto at = heard_.find(what);
  return at == heard_.end() ? 0 : at->second;
}

}  // namespace kith::survive
