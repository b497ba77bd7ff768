// One small function for each verb.
#include "survive/play.hpp"

#include <algorithm>

#include <poll.h>

#include "base/writer.hpp"
#include "codec/multiaddr.hpp"
#include "lean/frame.hpp"
#include "survive/payload.hpp"

namespace kith::survive {
namespace {

/// A line that has so much to send is sent from until it has a quarter of it.
constexpr std::size_t most_waiting = 1024 * 1024;
constexpr int poll_ms = 20;

u64 number(const std::string& word) {
  if (word.empty() || word.find_first_not_of("0123456789") != std::string::npos)
    throw Failed{"'" + word + "' is no number"};
  return std::stoull(word);
}

std::string value_of(const std::vector<std::string>& words, const std::string& name, const std::string& fallback) {
  const auto at = std::find(words.begin(), words.end(), name);
  return at == words.end() || at + 1 == words.end() ? fallback : *(at + 1);
}

Ip source(std::string text, u64 line) {
  if (const auto star = text.find('*'); star != std::string::npos)
    text.replace(star, 1, std::to_string(10 + line % 180));
  const auto ip = parse_ip(text);
  if (!ip || !ip->is_loopback()) throw Failed{"'" + text + "' is no address of loopback"};
  return *ip;
}

u32 name_index(const std::string& word) {
  const auto at = std::find(names.begin(), names.end(), word);
  if (at == names.end()) throw Failed{"'" + word + "' is no name of a protocol here"};
  return static_cast<u32>(at - names.begin());
}

Role role_of(const std::string& word) {
  const std::vector<std::string> roles{"letter", "request", "answer", "refusal"};
  const auto at = std::find(roles.begin(), roles.end(), word);
  if (at == roles.end()) throw Failed{"'" + word + "' is no role"};
  return static_cast<Role>(at - roles.begin());
}

}  // namespace

std::vector<std::string> Play::options(const Script& script) {
  std::vector<std::string> out;
  for (const auto& step : script.steps)
    if (step.words[0] == "node") out.insert(out.end(), step.words.begin() + 1, step.words.end());
  return out;
}

Limits Play::limits(const Script& script) {
  Limits out;
  const std::map<std::string, u64*> all{{"cpu", &out.cpu},         {"byte", &out.byte}, {"heap", &out.heap},
                                        {"amplify", &out.amplify}, {"log", &out.log},   {"served", &out.served}};
  for (const auto& step : script.steps) {
    if (step.words[0] != "limit") continue;
    const auto at = step.words.size() == 3 ? all.find(step.words[1]) : all.end();
    if (at == all.end()) throw Failed{"line " + std::to_string(step.line) + ": limit takes a name and a number"};
    *at->second = number(step.words[2]);
  }
  return out;
}

void Play::run(const std::vector<Step>& steps, std::size_t turn) {
  for (const auto& step : steps) {
    try {
      if (step.words[0] == "repeat") {
        const auto count = number(step.words[1]);
        for (std::size_t i = 0; i < count; ++i) run(step.body, i);
        continue;
      }
      Words words;
      for (const auto& word : step.words) words.push_back(filled(word, turn));
      act(words);
    } catch (const Failed& failed) {
      if (failed.what.starts_with("line ")) throw;
      throw Failed{"line " + std::to_string(step.line) + ": " + failed.what};
    }
  }
}

void Play::act(const Words& words) {
  const auto& verb = words[0];
  if (verb == "node" || verb == "limit") return;
  if (words.size() < 2) throw Failed{verb + " needs more words"};
  if (verb == "connect") return connect(words);
  if (verb == "expect") return expect(words);
  if (verb == "wait" && words[1] == "read")
    return until([&] { return node_.unread() == 0; }, "the node to read everything");
  if (verb == "wait" && words[1] == "served") {
    if (!honest_.wait_for(number(words.at(2)))) throw Failed{"the honest peer is served no longer"};
    return;
  }
  if (verb == "wait" && words[1] == "closed" && words.size() > 2) {
    for (const u64 each : range(words[2]))
      until([&, each] { return !line(each).is_open(); }, "line " + std::to_string(each) + " to be closed");
    return;
  }
  for (const u64 each : range(words[1])) send(line(each), words);
}

void Play::send(Line& line, const Words& words) {
  const auto& verb = words[0];
  const std::span rest = std::span(words).subspan(2);
  if (verb == "deaf")
    line.deaf = true;
  else if (verb == "cut")
    line.socket().close();
  else if (verb == "fin")
    line.pump(), line.socket().finish();
  else if (verb == "first")
    ++line.messages, line.write(last_first_ = line.first(node_.id(), rng_));
  else if (verb == "again")
    ++line.messages, line.write(last_first_);
  else if (verb == "try" || verb == "handshake") {
    handshake(line);
    if (verb == "handshake" && !line.had_session) throw Failed{"no session: the node closed the connection"};
  } else if (verb == "send")
    ++line.messages, line.write(payload(line, rest));
  else if (verb == "record")
    ++line.messages, line.record(payload(line, rest));
  else if (verb == "frame" && rest.size() >= 2) {
    const auto flags = from_hex(rest[1]);
    if (!flags || flags->size() != 1) throw Failed{"the flags of a frame are two hexadecimal digits"};
    const auto piece = payload(line, rest.subspan(2));
    Buffer plain;
    Writer(plain)
        .u32be(static_cast<u32>(number(rest[0])))
        .byte((*flags)[0])
        .u24be(static_cast<u32>(piece.size()))
        .bytes(piece);
    ++line.messages;
    line.record(plain);
  } else if ((verb == "say" || verb == "begin") && rest.size() >= 3) {
    const bool on = rest.size() >= 5 && rest[3] == "on";
    const auto lane = on ? static_cast<Lane>(number(rest[4])) : line.next_lane();
    line.message(name_index(rest[0]), role_of(rest[1]), static_cast<u32>(number(rest[2])), lane,
                 payload(line, rest.subspan(on ? 5 : 3)), verb == "say");
  } else {
    throw Failed{"'" + verb + "' is no verb, or lacks words"};
  }
  line.pump();
  if (line.waiting() < most_waiting) return;
  until([&] { return !line.is_open() || line.waiting() < most_waiting / 4; }, "the node to read what is sent");
}

void Play::add(Sums& sums, const Line& line, u64 sent) {
  sums.sent += sent;
  sums.received += line.received;
  sums.messages += line.messages;
  ++sums.connections;
  sums.sessions += line.had_session;
  if (!line.had_session) sums.sent_before += line.sent, sums.received_before += line.received;
}

void Play::connect(const Words& words) {
  for (const u64 each : range(words[1])) {
    const auto from = source(value_of(words, "from", "127.9.0.1"), each);
    const auto key = number(value_of(words, "as", std::to_string(each)));
    auto& slot = lines_[each];
    if (slot) add(past_, *slot, slot->sent);
    slot = std::make_unique<Line>(node_.address(), from, key, node_.network());
    ++slot->messages;
    ids_.insert(codec::to_text(PeerId{slot->identity().public_key()}));
  }
}

void Play::handshake(Line& line) {
  ++line.messages;
  line.write(line.first(node_.id(), rng_));
  until([&] { return line.finish_handshake(rng_) || !line.is_open(); }, "an answer to the first message");
}

void Play::expect(const Words& words) {
  const auto& what = words[1];
  if (words.size() < 3) throw Failed{"expect needs more words"};
  if (what == "banned" || what == "free") {
    const auto id = codec::to_text(PeerId{identity_of(number(words[2])).public_key()});
    if (node_.bans().contains(id) != (what == "banned")) throw Failed{"key " + words[2] + " is not " + what};
    return;
  }
  if (what == "peers") {
    const auto count = node_.peers();
    if (count > number(words[2])) throw Failed{std::to_string(count) + " peers have a session"};
    return;
  }
  for (const u64 each : range(words[2])) {
    auto& one = line(each);
    const auto which = "line " + std::to_string(each) + " is ";
    if (what == "open") {
      if (!honest_.wait_for(2)) throw Failed{"the honest peer is served no longer"};
      pump_all();
      if (!one.is_open()) throw Failed{which + "closed"};
    } else if (what == "closed" || what == "silent") {
      until([&] { return !one.is_open(); }, "line " + std::to_string(each) + " to be closed");
      if (what == "silent" && one.received > 0) throw Failed{which + "answered"};
    } else {
      throw Failed{"'" + what + "' cannot be expected"};
    }
  }
}

std::vector<u64> Play::range(const std::string& word) const {
  const auto dash = word.find('-');
  const u64 first = number(word.substr(0, dash));
  const u64 last = dash == std::string::npos ? first : number(word.substr(dash + 1));
  std::vector<u64> out;
  for (u64 each = first; each <= last; ++each) out.push_back(each);
  return out;
}

Line& Play::line(u64 number) {
  const auto at = lines_.find(number);
  if (at == lines_.end()) throw Failed{"line " + std::to_string(number) + " was never connected"};
  return *at->second;
}

Buffer Play::payload(Line& line, std::span<const std::string> words) {
  Maker maker{line.identity(), node_.network(), rng_};
  auto out = payload_of(words, maker);
  if (!out) throw Failed{"a payload that nobody can make"};
  return std::move(*out);
}

void Play::pump_all() {
  for (auto& [number, line] : lines_) line->pump();
}

template <typename Done>
void Play::until(Done done, const std::string& what) {
  const auto deadline = std::chrono::steady_clock::now() + generous;
  while (true) {
    pump_all();
    if (done()) return;
    if (!node_.is_running()) throw Failed{"the node is dead"};
    if (std::chrono::steady_clock::now() > deadline) throw Failed{"waited in vain for " + what};
    std::vector<pollfd> fds;
    for (auto& [number, line] : lines_)
      if (line->is_open())
        fds.push_back({line->socket().fd(),
                       static_cast<short>((line->deaf ? 0 : POLLIN) | (line->waiting() > 0 ? POLLOUT : 0)), 0});
    ::poll(fds.data(), fds.size(), poll_ms);
  }
}

void Play::cut_all() {
  for (auto& [number, line] : lines_) {
    line->pump();
    line->socket().close();
  }
}

Sums Play::sums() const {
  Sums out = past_;
  for (const auto& [number, line] : lines_) {
    add(out, *line, line->sent - line->waiting());
  }
  return out;
}

std::set<std::string> Play::ids() const { return ids_; }

}  // namespace kith::survive
