// addr and addrv2.
#include "bitcoin/messages/addresses.hpp"

#include <optional>

#include "base/check.hpp"
#include "base/writer.hpp"
#include "bitcoin/messages/list.hpp"

namespace kith::bitcoin {
namespace {

/// Networks of BIP 155. Tor's second version is gone, and skipped like those that are not known.
enum : u8 { net_ipv4 = 1, net_ipv6 = 2, net_tor_v3 = 4, net_i2p = 5, net_cjdns = 6 };

/// How long an address of a network is; nothing if it is not known.
std::optional<std::size_t> size_of(u8 network) {
  switch (network) {
    case net_ipv4: return 4;
    case net_ipv6:
    case net_cjdns: return 16;
    case net_tor_v3:
    case net_i2p: return 32;
    default: return std::nullopt;
  }
}

constexpr std::size_t addr_size = 30;
/// With an address of no bytes.
constexpr std::size_t least_addrv2_size = 9;

bool begins_with(const Ip& ip, Bytes prefix) { return equal(Bytes(ip.bytes).first(prefix.size()), prefix); }

/// Tor's second version wrote itself as IPv6 (OnionCat), and so do nodes that are known by their name alone.
bool is_disguised(const Ip& ip) {
  constexpr std::array<u8, 6> onion_cat{0xfd, 0x87, 0xd8, 0x7e, 0xeb, 0x43};
  constexpr std::array<u8, 6> named{0xfd, 0x6b, 0x88, 0xc0, 0x87, 0x24};
  return begins_with(ip, onion_cat) || begins_with(ip, named);
}

/// The address of an entry of addrv2, if it is an IP address.
std::optional<Ip> ip_of(u8 network, Bytes address) {
  if (network == net_ipv4) return Ip::v4(address[0], address[1], address[2], address[3]);
  if (network != net_ipv6) return std::nullopt;
  const Ip out{take_array<16>(address)};
  // Mapped IPv4 has a network of its own, and one address one spelling.
  if (out.is_v4() || is_disguised(out)) return std::nullopt;
  return out;
}

}  // namespace

Buffer encode_addr(std::span<const KnownAddress> entries) {
  check(entries.size() <= max_addresses, "more addresses than anybody takes");
  Buffer out;
  codec::write_compact(out, entries.size());
  for (const auto& [time, at] : entries) Writer(out).u32le(time).u64le(at.services).bytes(at.ip.bytes).u16be(at.port);
  return out;
}

Result<KnownAddresses> decode_addr(Bytes payload) {
  Reader in(payload);
  const auto count = read_count(in, max_addresses, addr_size, Fault::oversize, "addresses");
  if (!count) return std::unexpected(count.error());
  KnownAddresses out;
  out.entries.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) {
    KnownAddress entry;
    entry.time = in.u32le();
    entry.at.services = in.u64le();
    entry.at.ip.bytes = in.array<16>();
    entry.at.port = in.u16be();
    if (is_disguised(entry.at.ip))
      ++out.skipped;
    else
      out.entries.push_back(entry);
  }
  return out;
}

Buffer encode_addrv2(std::span<const KnownAddress> entries) {
  check(entries.size() <= max_addresses, "more addresses than anybody takes");
  Buffer out;
  codec::write_compact(out, entries.size());
  for (const auto& [time, at] : entries) {
    const bool v4 = at.ip.is_v4();
    const Bytes address = v4 ? Bytes(at.ip.bytes).last(4) : Bytes(at.ip.bytes);
    Writer(out).u32le(time);
    codec::write_compact(out, at.services);
    Writer(out).byte(v4 ? net_ipv4 : net_ipv6).byte(static_cast<u8>(address.size())).bytes(address).u16be(at.port);
  }
  return out;
}

Result<KnownAddresses> decode_addrv2(Bytes payload) {
  Reader in(payload);
  const auto count = read_count(in, max_addresses, least_addrv2_size, Fault::oversize, "addresses");
  if (!count) return std::unexpected(count.error());
  KnownAddresses out;
  out.entries.reserve(*count);
  for (std::size_t i = 0; i < *count; ++i) {
    KnownAddress entry;
    entry.time = in.u32le();
    entry.at.services = codec::read_compact(in);
    const u8 network = in.byte();
    const u64 size = codec::read_compact(in);
    if (size > max_address_size) return fail(Fault::malformed, "an address that is too long");
    const Bytes address = in.take(static_cast<std::size_t>(size));
    entry.at.port = in.u16be();
    if (!in.ok()) return fail(Fault::malformed, "addresses");
    const auto known = size_of(network);
    if (known && *known != size) return fail(Fault::malformed, "an address of another length");
    const auto ip = known ? ip_of(network, address) : std::nullopt;
    if (!ip) {
      ++out.skipped;
      continue;
    }
    entry.at.ip = *ip;
    out.entries.push_back(entry);
  }
  return out;
}

}  // namespace kith::bitcoin
