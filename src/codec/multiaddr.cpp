// Multiaddrs, text and binary: two walks over the same parts, with one set of rules for what a part may be.
#include "codec/multiaddr.hpp"

#include <algorithm>
#include <charconv>

#include "base/check.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"
#include "codec/base58.hpp"
#include "codec/varint.hpp"

namespace kith::codec {
namespace {

// github.com/multiformats/multiaddr, protocols.csv.
constexpr u64 code_ip4 = 4, code_tcp = 6, code_ip6 = 41, code_p2p = 421;

struct DnsProtocol {
  u64 code;
  std::string_view name;
  int family;
};
constexpr std::array dns_protocols{DnsProtocol{53, "dns", 0}, DnsProtocol{54, "dns4", 4}, DnsProtocol{55, "dns6", 6}};

/// Names that mean something else in a multiaddr, so that no wire may be called so; only those that could be words.
constexpr std::string_view taken_names[] = {
    "certhash",    "dccp",      "dns",     "dns4",   "dns6",          "dnsaddr",      "garlic32",     "garlic64",
    "http",        "http-path", "https",   "ip4",    "ip6",           "ip6zone",      "ipcidr",       "ipfs",
    "memory",      "noise",     "onion",   "onion3", "p2p",           "p2p-circuit",  "p2p-stardust", "p2p-webrtc-star",
    "plaintextv2", "quic",      "quic-v1", "sctp",   "sni",           "tcp",          "tls",          "udp",
    "udt",         "unix",      "utp",     "webrtc", "webrtc-direct", "webtransport", "ws",           "wss"};

/// Identity multihash of 36 bytes, then the protobuf {type: Ed25519, data: 32 bytes}; libp2p/specs, peer-ids.
constexpr std::array<u8, 6> id_head{0x00, 0x24, 0x08, 0x01, 0x12, 0x20};
constexpr std::size_t id_size = id_head.size() + 32;

Buffer id_bytes(const PeerId& id) {
  Buffer out = to_buffer(id_head);
  append(out, id.key);
  return out;
}

std::optional<PeerId> id_from(Bytes bytes) {
  if (bytes.size() != id_size || !equal(bytes.first(id_head.size()), id_head)) return std::nullopt;
  return PeerId{take_array<32>(bytes.subspan(id_head.size()))};
}

bool is_dns_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  return !name.empty() && name.size() <= max_dns_name && std::all_of(name.begin(), name.end(), allowed);
}

/// The part after the next slash, and off `text` with it; nothing where no slash follows.
std::optional<std::string_view> next_part(std::string_view& text) {
  if (text.empty() || text.front() != '/') return std::nullopt;
  text.remove_prefix(1);
  const auto out = text.substr(0, text.find('/'));
  text.remove_prefix(out.size());
  return out;
}

bool parse_host(std::string_view protocol, std::string_view host, Endpoint& out) {
  for (const auto& [code, name, family] : dns_protocols) {
    if (protocol != name) continue;
    out.dns = host;
    out.family = family;
    return is_dns_name(host);
  }
  const auto ip = parse_ip(host);
  if (!ip || protocol != (ip->is_v4() ? "ip4" : "ip6") || (ip->is_v4() && host.contains(':'))) return false;
  out.address.ip = *ip;
  return true;
}

std::optional<u16> parse_port(std::string_view text) {
  u16 port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || std::to_string(port) != text) return std::nullopt;
  return port;
}

/// Wire and identity, as they follow any host and port.
std::string tail_text(const Address& address) {
  std::string out = "/tcp/" + std::to_string(address.port);
  if (!address.wire.empty()) out += "/" + address.wire;
  if (address.id) out += "/p2p/" + to_text(*address.id);
  return out;
}

void write_sized(Buffer& out, Bytes bytes) {
  write_varint(out, bytes.size());
  append(out, bytes);
}

/// Bytes behind their length, as a view into the input, so that no limit but the whole's is needed.
Bytes read_sized(Reader& in) { return in.take(static_cast<std::size_t>(read_varint(in))); }

std::optional<u64> next_code(Reader& in) {
  if (in.left() == 0) return std::nullopt;
  return read_varint(in);
}

bool read_host(Reader& in, Endpoint& out) {
  const u64 code = read_varint(in);
  for (const auto& [dns_code, name, family] : dns_protocols) {
    if (code != dns_code) continue;
    out.dns = as_text(read_sized(in));
    out.family = family;
    return is_dns_name(out.dns);
  }
  if (code == code_ip4) {
    const auto v4 = in.array<4>();
    out.address.ip = Ip::v4(v4[0], v4[1], v4[2], v4[3]);
    return in.ok();
  }
  out.address.ip.bytes = in.array<16>();
  // A mapped address has its spelling as ip4.
  return code == code_ip6 && in.ok() && !out.address.ip.is_v4();
}

}  // namespace

std::string to_text(const PeerId& id) { return to_base58(id_bytes(id)); }

std::optional<PeerId> parse_peer_id(std::string_view text) {
  const auto bytes = from_base58(text, id_size);
  return bytes ? id_from(*bytes) : std::nullopt;
}

bool is_wire_word(std::string_view word) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !word.empty() && word.size() <= max_wire_word && std::all_of(word.begin(), word.end(), allowed) &&
         std::ranges::find(taken_names, word) == std::end(taken_names);
}

std::string to_text(const Address& address) {
  return (address.ip.is_v4() ? "/ip4/" : "/ip6/") + to_text(address.ip) + tail_text(address);
}

std::string to_text(const Endpoint& endpoint) {
  if (endpoint.dns.empty()) return to_text(endpoint.address);
  const std::string family = endpoint.family == 0 ? "" : std::to_string(endpoint.family);
  return "/dns" + family + "/" + endpoint.dns + tail_text(endpoint.address);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  if (text.size() > max_multiaddr_text) return fail(Fault::bad_address, "length");
  Endpoint out;
  const auto protocol = next_part(text);
  const auto host = next_part(text);
  if (!protocol || !host || !parse_host(*protocol, *host, out)) return fail(Fault::bad_address, "host");
  if (next_part(text) != "tcp") return fail(Fault::bad_address, "transport");
  const auto port = parse_port(next_part(text).value_or(""));
  if (!port) return fail(Fault::bad_address, "port");
  out.address.port = *port;
  auto part = next_part(text);
  if (part && *part != "p2p") {
    if (!is_wire_word(*part)) return fail(Fault::bad_address, "wire");
    out.address.wire = *part;
    part = next_part(text);
  }
  if (part == "p2p") {
    out.address.id = parse_peer_id(next_part(text).value_or(""));
    if (!out.address.id) return fail(Fault::bad_address, "peer id");
    part = next_part(text);
  }
  if (part) return fail(Fault::bad_address, "a part after the last");
  if (encode_multiaddr(out).size() > max_multiaddr) return fail(Fault::bad_address, "length");
  return out;
}

Result<Address> parse_address(std::string_view text) {
  auto endpoint = parse_endpoint(text);
  if (!endpoint) return std::unexpected(endpoint.error());
  if (!endpoint->dns.empty()) return fail(Fault::bad_address, "a name where an IP address is wanted");
  return std::move(endpoint->address);
}

Buffer encode_multiaddr(const Endpoint& endpoint) {
  const Address& address = endpoint.address;
  Buffer out;
  if (!endpoint.dns.empty()) {
    const auto same = [&](const DnsProtocol& dns) { return dns.family == endpoint.family; };
    const auto* const dns = std::find_if(dns_protocols.begin(), dns_protocols.end(), same);
    check(dns != dns_protocols.end(), "a family is 0, 4 or 6");
    write_varint(out, dns->code);
    write_sized(out, as_bytes(endpoint.dns));
  } else {
    write_varint(out, address.ip.is_v4() ? code_ip4 : code_ip6);
    append(out, Bytes(address.ip.bytes).subspan(address.ip.is_v4() ? 12 : 0));
  }
  write_varint(out, code_tcp);
  Writer(out).u16be(address.port);
  if (!address.wire.empty()) {
    write_varint(out, wire_code);
    write_sized(out, as_bytes(address.wire));
  }
  if (address.id) {
    write_varint(out, code_p2p);
    write_sized(out, id_bytes(*address.id));
  }
  return out;
}

Result<Endpoint> decode_multiaddr(Bytes bytes) {
  if (bytes.size() > max_multiaddr) return fail(Fault::bad_address, "length");
  Reader in(bytes);
  Endpoint out;
  if (!read_host(in, out)) return fail(Fault::bad_address, "host");
  if (next_code(in) != code_tcp) return fail(Fault::bad_address, "transport");
  out.address.port = in.u16be();
  if (!in.ok()) return fail(Fault::bad_address, "port");
  auto code = next_code(in);
  if (code == wire_code) {
    out.address.wire = as_text(read_sized(in));
    if (!is_wire_word(out.address.wire)) return fail(Fault::bad_address, "wire");
    code = next_code(in);
  }
  if (code == code_p2p) {
    out.address.id = id_from(read_sized(in));
    if (!out.address.id) return fail(Fault::bad_address, "peer id");
    code = next_code(in);
  }
  if (code) return fail(Fault::bad_address, "a part after the last");
  return out;
}

}  // namespace kith::codec
