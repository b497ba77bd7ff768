// One small function for each verb.
#include "survive/play.hpp"

#include <algorithm>

#include <poll.h>

#include "app/validation.hpp"
#include "base/error.hpp"
#include "base/writer.hpp"
#include "codec/multiaddr.hpp"

namespace kith::survive {
namespace {

/// A line that has so much to send is sent from until it has a quarter of it.
constexpr std::size_t most_waiting = 1024 * 1024;
constexpr int poll_ms = 20;

Ip source(std::string text, u64 line) {
  if (const auto star = text.find('*'); star != std::string::npos)
    text.replace(star, 1, std::to_string(10 + line % 180));
  const auto ip = parse_ip(text);
  if (!ip || !ip->is_loopback()) throw Failed{"'" + text + "' is no address of loopback"};
  return *ip;
}

bitcoin::Magic magic_of(const Node& node) {
  Buffer out;
  Writer(out).u32le(node.params().magic);
  return take_array<4>(out);
}

}  // namespace

u64 number(const std::string& word) {
  if (word.empty() || word.find_first_not_of("0123456789") != std::string::npos)
    throw Failed{"'" + word + "' is no number"};
  return std::stoull(word);
}

std::string value_of(Words words, const std::string& name, const std::string& fallback) {
  const auto at = std::ranges::find(words, name);
  return at == words.end() || at + 1 == words.end() ? fallback : *(at + 1);
}

const char* to_text(Way way) {
  constexpr std::array texts{"lean", "bitcoin v1", "bitcoin v2", "spacemesh"};
  return texts[static_cast<std::size_t>(way)];
}

const char* wire_of(Way way) {
  if (way == Way::lean) return "lean";
  return way == Way::spacemesh ? "spacemesh" : "bitcoin";
}

Play::Play(Node& node, Honest& honest, Way way)
    : node_(node),
      honest_(honest),
      way_(way),
      lean_{node.id(), node.network(), rng_},
      bitcoin_{way == Way::bitcoin_v2, magic_of(node), rng_},
      spacemesh_{node.address(wire_of(way)), rng_} {}

std::vector<Way> Play::ways(const Script& script) {
  const auto& first = script.steps[0].words;
  if (first[0] != "wire") return {Way::lean};
  if (first == std::vector<std::string>{"wire", "bitcoin"}) return {Way::bitcoin_v1, Way::bitcoin_v2};
  for (const auto way : {Way::bitcoin_v1, Way::bitcoin_v2})
    if (first.size() == 3 && first[1] + " " + first[2] == to_text(way)) return {way};
  if (first == std::vector<std::string>{"wire", "spacemesh"}) return {Way::spacemesh};
  throw Failed{"line " + std::to_string(script.steps[0].line) +
               ": wire bitcoin, or wire bitcoin v1 or v2, or wire spacemesh"};
}

bool Play::possible(const Script& script) {
  const bool needs_kernel =
      std::ranges::any_of(script.steps, [](const Step& step) { return step.words[0] == "needs"; });
  return !needs_kernel || app::can_validate_fully();
}

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
      std::vector<std::string> words;
      for (const auto& word : step.words) words.push_back(filled(word, turn));
      act(words);
    } catch (const Failed& failed) {
      if (failed.what.starts_with("line ")) throw;
      throw Failed{"line " + std::to_string(step.line) + ": " + failed.what};
    }
  }
}

void Play::act(Words words) {
  const auto& verb = words[0];
  if (verb == "node" || verb == "limit" || verb == "wire" || verb == "needs") return;
  if (words.size() < 2) throw Failed{verb + " needs more words"};
  if (verb == "connect") return connect(words);
  if (verb == "expect") return expect(words);
  if (verb == "wait") return wait(words);
  for (const u64 each : range(words[1])) send(line(each), words);
}

void Play::wait(Words words) {
  if (words[1] == "read") return until([&] { return node_.unread() == 0; }, "the node to read everything");
  if (words.size() < 3) throw Failed{"wait needs more words"};
  if (words[1] == "served") {
    if (!honest_.wait_for(number(words[2]))) throw Failed{"the honest peer is served no longer"};
    return;
  }
  if (words[1] != "closed") throw Failed{"'" + words[1] + "' cannot be waited for"};
  for (const u64 each : range(words[2]))
    until([&, each] { return !line(each).is_open(); }, "line " + std::to_string(each) + " to be closed");
}

void Play::send(Line& line, Words words) {
  const auto& verb = words[0];
  const auto rest = words.subspan(2);
  auto& talk = line.talk();
  if (verb == "deaf")
    line.deaf = true;
  else if (verb == "cut")
    line.socket().close();
  else if (verb == "fin")
    line.pump(), line.socket().finish();
  else if (verb == "send")
    ++line.messages, line.write(talk.payload(rest));
  else if (talk.begin(line, verb, rest))
    shake(line, verb);
  else if (!talk.act(line, verb, rest))
    throw Failed{"'" + verb + "' is no verb of this wire, or lacks words"};
  line.pump();
  if (line.waiting() < most_waiting) return;
  until([&] { return !line.is_open() || line.waiting() < most_waiting / 4; }, "the node to read what is sent");
}

void Play::shake(Line& line, const std::string& verb) {
  ++line.messages;
  until([&] { return line.talk().ready() || !line.is_open(); }, "the end of a " + verb);
  if (verb != "try" && !line.talk().ready()) throw Failed{"no session: the node closed the connection"};
}

void Play::add(Sums& sums, const Line& line, u64 sent) {
  sums.sent += sent;
  sums.received += line.received;
  sums.messages += line.messages;
  ++sums.connections;
  sums.sessions += line.had_session;
  if (!line.had_session) sums.sent_before += line.sent, sums.received_before += line.received;
}

void Play::connect(Words words) {
  const auto& to = node_.address(wire_of(way_));
  for (const u64 each : range(words[1])) {
    const auto from = source(value_of(words, "from", "127.9.0.1"), each);
    auto& slot = lines_[each];
    if (slot) add(past_, *slot, slot->sent);
    slot = std::make_unique<Line>(to, from, talk(number(value_of(words, "as", std::to_string(each)))));
    ++slot->messages;
  }
}

std::unique_ptr<Talk> Play::talk(u64 key) {
  if (way_ == Way::spacemesh) return std::make_unique<SpacemeshTalk>(spacemesh_, key);
  if (way_ != Way::lean) return std::make_unique<BitcoinTalk>(bitcoin_);
  ids_.insert(codec::to_text(PeerId{identity_of(key).public_key()}));
  return std::make_unique<LeanTalk>(lean_, key);
}

void Play::expect(Words words) {
  const auto& what = words[1];
  if (words.size() < 3) throw Failed{"expect needs more words"};
  if (way_ == Way::lean && (what == "banned" || what == "free")) {
    const auto id = codec::to_text(PeerId{identity_of(number(words[2])).public_key()});
    if (node_.bans().contains(id) != (what == "banned")) throw Failed{"key " + words[2] + " is not " + what};
    return;
  }
  if (what == "peers") {
    const auto count = node_.peers();
    if (count > number(words[2])) throw Failed{std::to_string(count) + " peers have a session"};
    return;
  }
  if (what == "tip") return until([&] { return node_.tip() == number(words[2]); }, "the tip to be at " + words[2]);
  for (const u64 each : range(words[2])) {
    try {
      expect_of(line(each), words);
    } catch (const Failed& failed) {
      throw Failed{"line " + std::to_string(each) + ": " + failed.what};
    }
  }
}

/// What is demanded of one line.
void Play::expect_of(Line& line, Words words) {
  const auto& what = words[1];
  auto& talk = line.talk();
  if (what == "open") {
    if (!honest_.wait_for(2)) throw Failed{"the honest peer is served no longer"};
    pump_all();
    if (!line.is_open()) throw Failed{"it is closed"};
  } else if (what == "closed" || what == "silent") {
    until([&] { return !line.is_open(); }, "it to be closed");
    if (what == "silent" && line.received > 0) throw Failed{"it is answered"};
  } else if (what == "free" || what == "discouraged") {
    const auto points = node_.blamed(line.socket().here());
    if (what == "free" ? points > 0 : points < ban_score)
      throw Failed{"it was blamed for " + std::to_string(points) + " points"};
  } else if (what == "heard" && words.size() > 3) {
    const auto count = words.size() > 4 ? number(words[4]) : 1;
    until([&] { return talk.heard(words[3]) >= count; }, "it to hear " + words[3]);
  } else if (what == "unheard" && words.size() > 3) {
    if (talk.heard(words[3]) > 0) throw Failed{"it heard " + words[3]};
  } else {
    throw Failed{"'" + what + "' cannot be expected"};
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
