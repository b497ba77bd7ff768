// Events as JSON.
#include "app/events.hpp"

#include <boost/json/array.hpp>

#include "app/address_text.hpp"
#include "codec/multiaddr.hpp"
#include "lean/envelope.hpp"

namespace kith::app {
namespace {

namespace json = boost::json;

json::object describe_peer(const char* event, const core::PeerInfo& info) {
  json::object out{{"event", event}, {"peer", info.peer.number}, {"address", show(info.address)}};
  out["direction"] = info.inbound ? "in" : "out";
  if (info.hello.id) out["id"] = codec::to_text(*info.hello.id);
  out["authenticated"] = info.hello.id.has_value();
  return out;
}

void add_error(json::object& out, const Error& error) {
  out["fault"] = row(error.fault).name;
  out["why"] = to_text(error.fault);
  if (error.what[0]) out["what"] = error.what;
}

/// What can be shown in a line: the text itself, or its hexadecimal digits where it is none.
void add_payload(json::object& out, Bytes payload) {
  out["size"] = payload.size();
  const auto shown = payload.first(std::min(payload.size(), max_shown));
  const bool printable = std::all_of(shown.begin(), shown.end(), [](u8 byte) { return byte >= 0x20 && byte < 0x7f; });
  if (printable)
    out["text"] = as_text(shown);
  else
    out["hex"] = to_hex(shown);
}

json::object tell(const core::PeerUp& up) {
  auto out = describe_peer("peer_up", up.info);
  out["client"] = up.info.hello.client;
  return out;
}

json::object tell(const core::NotOpened& missed) {
  auto out = describe_peer(missed.info.inbound ? "refused" : "dial_failed", missed.info);
  add_error(out, missed.why);
  return out;
}

json::object tell(const core::PeerDown& down) {
  auto out = describe_peer("peer_down", down.info);
  add_error(out, down.why);
  return out;
}

json::object tell(const core::PeerBlamed& blamed) {
  auto out = describe_peer("blamed", blamed.info);
  add_error(out, blamed.error);
  out["banned"] = blamed.banned;
  return out;
}

json::object tell(const core::TipMoved& moved) {
  json::object out{{"event", "tip"}};
  std::size_t disconnected = 0;
  for (const auto& step : moved.steps) {
    if (step.way == ledger::Step::Way::disconnected) ++disconnected;
    out["height"] = step.block.height;
    out["hash"] = to_display(step.block.id);
  }
  if (disconnected > 0) out["disconnected"] = disconnected;
  if (moved.from) out["from"] = moved.from->number;
  return out;
}

json::object tell(const core::ClockDiffers& differs) {
  const bool agrees = differs.news.ahead == Utc::duration{};
  json::object out{{"event", agrees ? "clock_agrees" : "clock_differs"}};
  if (agrees) return out;
  out["others_ahead_s"] = std::chrono::round<std::chrono::seconds>(differs.news.ahead).count();
  out["groups"] = differs.news.groups;
  out["what"] = "others refuse this node, or it is they who are wrong: compare this machine's clock with another";
  return out;
}

json::object tell(const core::MailCame& mail) {
  json::object out{{"event", "mail"}, {"from", codec::to_text(mail.letter.who)}};
  out["protocol"] = mail.letter.protocol;
  out["letter"] = mail.letter.number;
  add_payload(out, mail.letter.bytes.bytes());
  return out;
}

json::object tell(const core::DirectMessage& direct) {
  auto out = describe_peer("direct", direct.from);
  out["protocol"] = direct.protocol;
  add_payload(out, direct.bytes.bytes());
  return out;
}

json::object tell(const core::CallEnded& call) {
  json::object out{{"event", "call_ended"}, {"call", call.number}};
  if (call.answer)
    add_payload(out, call.answer->bytes());
  else
    add_error(out, call.answer.error());
  if (!call.text.empty()) out["text"] = call.text.substr(0, max_shown);
  return out;
}

json::object tell(const peers::Delivered& end) {
  json::object out{{"event", "delivered"}, {"letter", end.number}, {"to", codec::to_text(end.to)}};
  out["acknowledged"] = end.acknowledged;
  out["way"] = to_text(end.way);
  out["ms"] = std::chrono::floor<std::chrono::milliseconds>(end.took).count();
  return out;
}

json::object tell_item(const Item& item, const std::vector<core::Kind>& kinds) {
  const auto& kind = kinds.at(item.id.kind);
  json::object out{{"event", "item"}, {"kind", kind.text}, {"hash", to_hex(item.id.hash)}};
  if (const auto envelope = lean::decode_envelope(item.body.bytes(), kind.largest)) {
    out["author"] = codec::to_text(envelope->author);
    out["time"] = to_millis(envelope->time);
    add_payload(out, envelope->payload);
  }
  return out;
}

json::object tell_refused(const core::ItemRefused& refused, const std::vector<core::Kind>& kinds) {
  const auto& id = refused.item.id;
  return {{"event", "item_refused"}, {"kind", kinds.at(id.kind).text}, {"hash", to_hex(id.hash)}};
}

json::object tell_needs(const core::ItemNeeds& needs, const std::vector<core::Kind>& kinds) {
  const auto& id = needs.item.id;
  return {{"event", "item_waits"}, {"kind", kinds.at(id.kind).text}, {"hash", to_hex(id.hash)}};
}

json::object tell(const core::RoundTrip& trip) {
  return {{"event", "ping"}, {"peer", trip.peer.number}, {"us", trip.took.count()}};
}

}  // namespace

json::object describe(const core::Event& event, const std::vector<core::Kind>& kinds) {
  if (const auto* item = std::get_if<core::ItemAccepted>(&event)) return tell_item(item->item, kinds);
  if (const auto* refused = std::get_if<core::ItemRefused>(&event)) return tell_refused(*refused, kinds);
  if (const auto* needs = std::get_if<core::ItemNeeds>(&event)) return tell_needs(*needs, kinds);
  if (const auto* up = std::get_if<core::PeerUp>(&event)) return tell(*up);
  if (const auto* missed = std::get_if<core::NotOpened>(&event)) return tell(*missed);
  if (const auto* down = std::get_if<core::PeerDown>(&event)) return tell(*down);
  if (const auto* moved = std::get_if<core::TipMoved>(&event)) return tell(*moved);
  if (const auto* trip = std::get_if<core::RoundTrip>(&event)) return tell(*trip);
  if (const auto* clock = std::get_if<core::ClockDiffers>(&event)) return tell(*clock);
  if (const auto* mail = std::get_if<core::MailCame>(&event)) return tell(*mail);
  if (const auto* direct = std::get_if<core::DirectMessage>(&event)) return tell(*direct);
  if (const auto* call = std::get_if<core::CallEnded>(&event)) return tell(*call);
  if (const auto* end = std::get_if<peers::Delivered>(&event)) return tell(*end);
  return tell(std::get<core::PeerBlamed>(event));
}

void Events::add(json::object event, Utc at) {
  event["at"] = to_millis(at);
  event["number"] = ++last_;
  rows_.push_back(std::move(event));
  if (rows_.size() > most_) rows_.pop_front();
}

Events::Events(std::size_t most) : most_(most) {}

const json::object* Events::delivered(u64 letter) const {
  for (auto at = rows_.rbegin(); at != rows_.rend(); ++at) {
    const auto* event = at->if_contains("event");
    if (event && *event == "delivered" && at->at("letter") == letter) return &*at;
  }
  return nullptr;
}

json::array Events::after(u64 since) const {
  json::array out;
  if (since >= last_) return out;
  const u64 first = last_ - rows_.size() + 1;
  for (u64 number = std::max(since + 1, first); number <= last_; ++number)
    out.push_back(rows_[static_cast<std::size_t>(number - first)]);
  return out;
}

}  // namespace kith::app
