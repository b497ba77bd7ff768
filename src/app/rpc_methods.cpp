// What each method does.
#include "app/rpc_methods.hpp"

#include <array>
#include <charconv>

#include <boost/json/array.hpp>

#include "app/address_text.hpp"
#include "app/options.hpp"
#include "app/rpc_metrics.hpp"
#include "app/rpc_params.hpp"
#include "app/rpc_pool.hpp"
#include "codec/multiaddr.hpp"

namespace kith::app {
namespace {

namespace json = boost::json;
using Params = json::object;

/// Most addresses that one answer shows.
constexpr std::size_t max_shown_addresses = 1000;
/// Longest ban, in seconds: a hundred years.
constexpr u64 max_ban = 100ull * 365 * 24 * 60 * 60;

json::object describe(const BlockRef& block) { return {{"height", block.height}, {"hash", to_display(block.id)}}; }

std::string text_of(const peers::Subject& subject) {
  const auto* id = std::get_if<PeerId>(&subject);
  return id ? codec::to_text(*id) : to_text(std::get<Ip>(subject));
}

std::optional<peers::Subject> parse_subject(const std::string& given) {
  if (const auto id = codec::parse_peer_id(given)) return peers::Subject{*id};
  if (const auto ip = parse_ip(given)) return peers::Subject{ban_subject(*ip)};
  return std::nullopt;
}

const char* text_of(peers::Reachability::State state) {
  if (state == peers::Reachability::State::unknown) return "unknown";
  return state == peers::Reachability::State::yes ? "yes" : "no";
}

Answer info(const RpcContext& context, const Params&) {
  const auto& host = context.world.host();
  u64 in = 0;
  u64 out = 0;
  u64 unauthenticated = 0;
  for (const auto& [peer, row] : host.connections().rows()) {
    if (!row.open) continue;
    ++(row.info.inbound ? in : out);
    unauthenticated += u64{!row.info.hello.id};
  }
  json::array listen;
  for (const auto& address : context.node.addresses()) listen.emplace_back(show(address));
  json::array kinds;
  for (const auto& kind : host.kinds()) kinds.emplace_back(kind.text);
  json::object answer{{"id", codec::to_text(context.node.id())}, {"network", context.node.network_name()}};
  answer["network_id"] = to_hex(context.node.network());
  answer["version"] = to_text_version(node_version);
  answer["uptime"] = std::chrono::floor<std::chrono::seconds>(context.turn.now - context.started).count();
  answer["listen"] = std::move(listen);
  answer["reachable"] = text_of(host.neighbours()[0].reachable(context.turn.now));
  answer["peers_in"] = in;
  answer["peers_out"] = out;
  answer["peers_unauthenticated"] = unauthenticated;
  std::size_t addresses = 0;
  for (const auto& here : host.neighbours()) addresses += here.book().size();
  answer["addresses"] = addresses;
  answer["kinds"] = std::move(kinds);
  if (const auto* chain = host.chain()) {
    answer["tip"] = describe(chain->tip());
    answer["best"] = describe(chain->best());
    answer["synced"] = host.synced();
    answer["validation"] = validation_of(context.node);
  }
  answer["rpc"] = ip_port(context.listening);
  if (!context.node.external().empty()) {
    json::array external;
    for (const auto& address : context.node.external()) external.emplace_back(show(address));
    answer["external"] = std::move(external);
  }
  return answer;
}

Answer peers_of(const RpcContext& context, const Params&) {
  json::array out;
  for (const auto& [peer, row] : context.world.host().connections().rows()) {
    if (!row.open) continue;
    json::object one{{"peer", peer.number}, {"direction", row.info.inbound ? "in" : "out"}};
    one["address"] = show(row.info.address);
    if (row.info.hello.id) one["id"] = codec::to_text(*row.info.hello.id);
    one["authenticated"] = row.info.hello.id.has_value();
    one["client"] = row.info.hello.client;
    one["seconds"] = std::chrono::floor<std::chrono::seconds>(context.turn.now - row.opened_at).count();
    if (row.round_trip != Duration::max()) one["round_trip_us"] = row.round_trip.count();
    if (const auto traffic = context.world.traffic(peer)) {
      one["bytes_in"] = traffic->received;
      one["bytes_out"] = traffic->sent;
    }
    one["bytes_waiting"] = row.queued;
    out.emplace_back(std::move(one));
  }
  return out;
}

Answer connect(const RpcContext& context, const Params& params) {
  const auto to = parse_place(text_param(params, "address"));
  if (!to)
    return bad_params(
        "address: a multiaddr is expected, of lean with /p2p/ID, such as /ip4/127.0.0.1/tcp/7513/lean/p2p/12D3…");
  context.world.command(context.turn,
                        [&](core::Host& host, core::Turn& turn) { return host.connect(turn, to->endpoint), true; });
  return true;
}

Answer disconnect(const RpcContext& context, const Params& params) {
  const Peer peer{number_param(params, "peer", 0)};
  const bool done = context.world.command(
      context.turn, [&](core::Host& host, core::Turn& turn) { return host.disconnect(turn, peer); });
  if (!done) return RpcError{rpc_error::not_found, "no connection has this number; see peers"};
  return true;
}

Answer ban(const RpcContext& context, const Params& params) {
  const auto subject = parse_subject(text_param(params, "who"));
  if (!subject) return bad_params("who: an id (12D3…) or an IP address is expected");
  if (const auto* ip = std::get_if<Ip>(&*subject); ip && ip->is_loopback())
    return RpcError{rpc_error::refused, "loopback cannot be banned: all nodes of this machine share it; ban an id"};
  const auto seconds = number_param(params, "seconds", 24 * 60 * 60);
  if (seconds > max_ban) return bad_params("seconds: at most " + std::to_string(max_ban));
  context.world.command(context.turn, [&](core::Host& host, core::Turn& turn) {
    return host.ban(turn, *subject, std::chrono::seconds(seconds)), true;
  });
  return true;
}

Answer unban(const RpcContext& context, const Params& params) {
  const auto subject = parse_subject(text_param(params, "who"));
  if (!subject) return bad_params("who: an id (12D3…) or an IP address is expected");
  const bool was = context.world.command(
      context.turn, [&](core::Host& host, core::Turn& turn) { return host.unban(turn, *subject); });
  if (!was) return RpcError{rpc_error::not_found, "there is no such ban; see bans"};
  return true;
}

Answer bans(const RpcContext& context, const Params&) {
  json::array out;
  for (const auto& each : context.world.host().reputation().bans(context.turn.utc))
    out.push_back(json::object{{"who", text_of(each.subject)}, {"until", to_seconds(each.until)}});
  return out;
}

Answer addresses(const RpcContext& context, const Params&) {
  std::vector<peers::Entry> entries;
  for (const auto& here : context.world.host().neighbours())
    std::ranges::move(here.book().entries(), std::back_inserter(entries));
  json::array out;
  for (const auto& entry : entries) {
    if (out.size() == max_shown_addresses) break;
    json::object one{{"address", show(entry.address)}, {"source", to_text(entry.source)}};
    one["last_seen"] = to_seconds(entry.last_seen);
    one["last_good"] = to_seconds(entry.last_good);
    one["failures"] = entry.failures;
    one["tried"] = entry.tried;
    out.emplace_back(std::move(one));
  }
  return out;
}

Answer tip(const RpcContext& context, const Params&) {
  const auto* chain = context.world.host().chain();
  if (!chain) return no_ledger();
  auto out = describe(chain->tip());
  out["work"] = to_hex(chain->tip().work.bytes);
  out["best_height"] = chain->best().height;
  out["synced"] = context.world.host().synced();
  return out;
}

std::optional<BlockRef> find_block(const ledger::Chain& chain, const std::string& which) {
  if (const auto hash = from_display(which)) return chain.find(*hash);
  u32 height = 0;
  const auto end = which.data() + which.size();
  const auto [at, error] = std::from_chars(which.data(), end, height);
  return error == std::errc{} && at == end ? chain.accepted_at(height) : std::nullopt;
}

Answer block(const RpcContext& context, const Params& params) {
  const auto* chain = context.world.host().chain();
  if (!chain) return no_ledger();
  const auto found = find_block(*chain, text_param(params, "which"));
  const auto body = found ? context.node.block(found->id) : std::nullopt;
  if (!body) return RpcError{rpc_error::not_found, "no block that this node has is of this hash or height"};
  auto out = describe(*found);
  out["size"] = body->size();
  out["hex"] = to_hex(body->bytes());
  return out;
}

Answer publish(const RpcContext& context, const Params& params) {
  const bool is_hex = params.contains("hex");
  if (is_hex == params.contains("text")) return bad_params("either text or hex is expected");
  const auto given = text_param(params, is_hex ? "hex" : "text");
  const auto payload = is_hex ? from_hex(given) : std::optional(to_buffer(as_bytes(given)));
  if (!payload) return bad_params("hex: hexadecimal digits are expected");
  const auto done = context.node.publish(text_param(params, "kind"), *payload);
  if (!done) return refused(done.error());
  return true;
}

Answer publish_block(const RpcContext& context, const Params& params) {
  auto bytes = from_hex(text_param(params, "hex"));
  if (!bytes) return bad_params("hex: hexadecimal digits are expected");
  if (!context.world.host().chain()) return no_ledger();
  const auto done = context.world.command(context.turn, [&](core::Host& host, core::Turn& turn) {
    return host.publish_block(turn, Body(std::move(*bytes)));
  });
  if (!done) return refused(done.error());
  return true;
}

Answer send(const RpcContext& context, const Params& params) {
  const auto to = codec::parse_peer_id(text_param(params, "to"));
  if (!to) return bad_params("to: the id of a node (12D3…) is expected");
  const auto protocol = params.contains("protocol") ? text_param(params, "protocol") : std::string("text");
  const Body body(to_buffer(as_bytes(text_param(params, "text"))));
  const auto number = context.world.command(
      context.turn, [&](core::Host& host, core::Turn& turn) { return host.send(turn, *to, protocol, body); });
  if (!number) return refused(number.error());
  return json::object{{"letter", *number}};
}

/// A neighbour, by its number in peers, and bytes for it in hexadecimal.
struct ForNeighbour {
  Peer to;
  std::string protocol;
  Body bytes;
};
std::optional<ForNeighbour> for_neighbour(const Params& params) {
  auto bytes = from_hex(text_param(params, "hex"));
  if (!bytes) return std::nullopt;
  return ForNeighbour{{number_param(params, "peer", 0)}, text_param(params, "protocol"), Body(std::move(*bytes))};
}

Answer direct(const RpcContext& context, const Params& params) {
  const auto what = for_neighbour(params);
  if (!what) return bad_params("hex: hexadecimal digits are expected");
  const auto said = context.world.command(context.turn, [&](core::Host& host, core::Turn& turn) {
    return host.direct(turn, what->to, what->protocol, what->bytes);
  });
  if (!said) return refused(said.error());
  return true;
}

Answer call(const RpcContext& context, const Params& params) {
  const auto what = for_neighbour(params);
  if (!what) return bad_params("hex: hexadecimal digits are expected");
  const auto type = static_cast<u32>(number_param(params, "type", 0));
  const auto number = context.world.command(context.turn, [&](core::Host& host, core::Turn& turn) {
    return host.call(turn, what->to, what->protocol, type, what->bytes);
  });
  if (!number) return refused(number.error());
  return json::object{{"call", *number}};
}

Answer delivery(const RpcContext& context, const Params& params) {
  const auto letter = number_param(params, "letter", 0);
  if (const auto* end = context.events.delivered(letter)) return *end;
  const json::object waiting{{"letter", letter}, {"event", "under way"}};
  if (!context.world.host().deliveries().under_way(letter))
    return RpcError{rpc_error::not_found, "no letter of this number is under way, nor was one lately"};
  return AskAgain{max_event_wait, waiting};
}

Answer events(const RpcContext& context, const Params& params) {
  const auto since = number_param(params, "since", 0);
  const auto wait = number_param(params, "wait", 0);
  const auto most = static_cast<u64>(std::chrono::milliseconds(max_event_wait).count());
  if (wait > most) return bad_params("wait: at most " + std::to_string(most) + " ms");
  auto found = context.events.after(since);
  if (found.empty() && wait > 0)
    return AskAgain{std::chrono::milliseconds(wait),
                    json::object{{"last", context.events.last()}, {"events", json::array{}}}};
  return json::object{{"last", context.events.last()}, {"events", std::move(found)}};
}

Answer pings(const RpcContext& context, const Params& params) {
  auto found = context.round_trips.after(number_param(params, "since", 0));
  return json::object{{"last", context.round_trips.last()}, {"events", std::move(found)}};
}

Answer stop(const RpcContext& context, const Params&) {
  context.stop = true;
  return true;
}

const std::vector<Method> table{
    {"info", {}, "Who this node is and how it fares", "", info},
    {"peers", {}, "The connections that are open", "", peers_of},
    {"metrics",
     {},
     "Figures since the start (bytes, items new and again) and of now (connections, what waits, the address books)",
     "",
     metrics},
    {"connect", {{"address"}}, "Dial a node", "/ip4/127.0.0.1/tcp/7513/lean/p2p/12D3KooW…", connect},
    {"disconnect", {{"peer", Param::number}}, "Close a connection, by its number in peers", "3", disconnect},
    {"ban",
     {{"who"}, {"seconds", Param::number, false}},
     "Refuse an id or an IP address for a time, a day if none is given",
     "12D3KooW… 3600",
     ban},
    {"unban", {{"who"}}, "Lift a ban", "12D3KooW…", unban},
    {"bans", {}, "Who is banned, and until when (seconds since 1970)", "", bans},
    {"addresses", {}, "The address book, up to 1,000 entries", "", addresses},
    {"tip", {}, "The end of the chain that is accepted", "", tip},
    {"block", {{"which", Param::either}}, "A block by hash or height, in hexadecimal", "170", block},
    {"direct",
     {{"peer", Param::number}, {"protocol"}, {"hex"}},
     "Say bytes to a neighbour of the spacemesh wire, by its number in peers, once",
     "3 /chat/1.0/ 68656c6c6f",
     direct},
    {"call",
     {{"peer", Param::number}, {"protocol"}, {"type", Param::number}, {"hex"}},
     "Ask a neighbour of the spacemesh wire: what it answers, or that it does not, is an event of this number",
     "3 /chat/1.0/ 1 68656c6c6f",
     call},
    {"tx_send", {{"hex"}}, "Take a transaction into the mempool and spread it", "0200…", tx_send},
    {"tx_get", {{"id"}}, "A transaction of the mempool, in hexadecimal", "4a5e1e4b…", tx_get},
    {"mempool",
     {{"show", Param::number, false}},
     "What the mempool holds, with the ids of `show` of its transactions; digest: the same for the same transactions",
     "10",
     mempool},
    {"coins", {}, "The outputs that the chain leaves to be spent: their number, and a digest over all", "", coins},
    {"mine",
     {{"blocks", Param::number}, {"script", Param::text, false}},
     "Make blocks, where that is easy (regtest, simnet), that pay a script in hexadecimal, or else everybody",
     "101",
     mine,
     false,
     "mining"},
    {"mining",
     {{"job", Param::number}},
     "How a request to mine fares, by the number that mine gave",
     "1",
     mining,
     true},
    {"publish",
     {{"kind"}, {"text", Param::text, false}, {"hex", Param::text, false}},
     "Sign an item and gossip it",
     "note \"good morning\"",
     publish},
    {"publish_block", {{"hex"}}, "Take a block of one's own and spread it", "0100…", publish_block, true},
    {"send",
     {{"to"}, {"text"}, {"protocol", Param::text, false}},
     "Send a letter to one node of the network, wherever it is; the command waits until it is acknowledged",
     "12D3KooW… \"good morning\"",
     send,
     false,
     "delivery"},
    {"delivery",
     {{"letter", Param::number}},
     "How a letter fares, by the number that send gave; waits for its end",
     "1234",
     delivery},
    {"events",
     {{"since", Param::number, false}, {"wait", Param::number, false}},
     "What happened after event number `since`, at most 1,000 back; waits up to `wait` ms for the first",
     "0 5000",
     events},
    {"pings",
     {{"since", Param::number, false}},
     "Round trips in microseconds, those after number `since`, at most 4,096 back",
     "0",
     pings},
    {"stop", {}, "Stop the node cleanly", "", stop},
};

constexpr std::array errors{
    RpcErrorRow{rpc_error::parse, "parse error", "The body is not JSON."},
    RpcErrorRow{rpc_error::invalid_request, "invalid request", "The body is not one JSON-RPC 2.0 request."},
    RpcErrorRow{rpc_error::no_such_method, "no such method", "See `kith ctl --help`."},
    RpcErrorRow{rpc_error::bad_params, "bad parameters", "A parameter is missing, unknown or malformed."},
    RpcErrorRow{rpc_error::not_found, "not found", "There is no such peer, ban, block or letter."},
    RpcErrorRow{rpc_error::no_ledger, "no ledger", "The node was started without a chain."},
    RpcErrorRow{rpc_error::refused, "refused", "The node understood and will not; the message says why."},
    RpcErrorRow{rpc_error::no_pool, "no mempool", "The node keeps no transactions."},
};

}  // namespace

std::span<const Method> methods() { return table; }
std::span<const RpcErrorRow> rpc_errors() { return errors; }

}  // namespace kith::app
