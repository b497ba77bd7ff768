// Ranges and groups.
#include "spacemesh/groups.hpp"

#include <algorithm>

namespace kith::spacemesh {
namespace {

/// The first `bits` bits of an address.
struct Range {
  Ip ip;
  std::size_t bits;
};

/// Of an IPv4 address, whose bits are the last 32.
Range v4(u8 a, u8 b, u8 c, std::size_t bits) { return {Ip::v4(a, b, c, 0), 96 + bits}; }

Range v6(u8 a, u8 b, u8 c, u8 d, std::size_t bits) { return {Ip{{a, b, c, d}}, bits}; }

Ip masked(const Ip& ip, std::size_t bits) {
  Ip out;
  for (std::size_t i = 0; i < bits; ++i) out.bytes[i / 8] |= static_cast<u8>(ip.bytes[i / 8] & 0x80 >> i % 8);
  return out;
}

bool is_in(const Ip& ip, const Range& range) { return masked(ip, range.bits) == masked(range.ip, range.bits); }

bool is_in_any(const Ip& ip, std::initializer_list<Range> ranges) {
  return std::ranges::any_of(ranges, [&](const Range& range) { return is_in(ip, range); });
}

/// fd87:d87e:eb43::/48, in which .onion names stand as addresses.
bool is_onion_cat(const Ip& ip) { return is_in(ip, {Ip{{0xfd, 0x87, 0xd8, 0x7e, 0xeb, 0x43}}, 48}); }

bool is_reserved(const Ip& ip) {
  return is_in_any(ip,
                   {
                       v4(10, 0, 0, 8),                 // RFC 1918
                       v4(172, 16, 0, 12),              // RFC 1918
                       v4(192, 168, 0, 16),             // RFC 1918
                       v4(198, 18, 0, 15),              // RFC 2544
                       v4(169, 254, 0, 16),             // RFC 3927
                       v4(192, 0, 2, 24),               // RFC 5737
                       v4(198, 51, 100, 24),            // RFC 5737
                       v4(203, 0, 113, 24),             // RFC 5737
                       v4(100, 64, 0, 10),              // RFC 6598
                       v6(0xfe, 0x80, 0, 0, 64),        // RFC 4862
                       v6(0x20, 0x01, 0x0d, 0xb8, 32),  // RFC 3849
                       v6(0x20, 0x01, 0x00, 0x10, 28),  // RFC 4843
                   }) ||
         (is_in(ip, v6(0xfc, 0, 0, 0, 7)) && !is_onion_cat(ip));  // RFC 4193
}

/// The IPv4 address that an IPv6 one stands for.
std::optional<Ip> inner(const Ip& ip) {
  const auto& b = ip.bytes;
  const Range rfc6052{Ip{{0, 0x64, 0xff, 0x9b}}, 96};
  const Range rfc6145{Ip{{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}}, 96};
  if (is_in_any(ip, {rfc6052, rfc6145})) return Ip::v4(b[12], b[13], b[14], b[15]);
  // 6to4, RFC 3964.
  if (is_in(ip, v6(0x20, 0x02, 0, 0, 16))) return Ip::v4(b[2], b[3], b[4], b[5]);
  // Teredo, RFC 4380: the bits are turned over.
  const auto turned = [&](std::size_t i) { return static_cast<u8>(~b[i]); };
  if (is_in(ip, v6(0x20, 0x01, 0, 0, 32))) return Ip::v4(turned(12), turned(13), turned(14), turned(15));
  return std::nullopt;
}

}  // namespace

bool is_valid(const std::optional<Ip>& ip) {
  return ip && *ip != Ip{} && *ip != Ip::v4(0, 0, 0, 0) && *ip != Ip::v4(255, 255, 255, 255);
}

bool is_local(const std::optional<Ip>& ip) { return ip && (ip->is_loopback() || is_in(*ip, v4(0, 0, 0, 8))); }

bool is_routable(const std::optional<Ip>& ip) { return is_valid(ip) && !is_local(ip) && !is_reserved(*ip); }

std::string group(const std::optional<Ip>& ip) {
  if (is_local(ip)) return "localNode";
  if (!is_routable(ip)) return "unroutable";
  const auto v4_address = ip->is_v4() ? ip : inner(*ip);
  if (v4_address) return to_text(masked(*v4_address, 96 + 16));
  if (is_onion_cat(*ip)) return "tor:" + std::to_string(ip->bytes[6] & 15);
  const bool he_net = is_in(*ip, v6(0x20, 0x01, 0x04, 0x70, 32));
  return to_text(masked(*ip, he_net ? 36 : 32));
}

}  // namespace kith::spacemesh
