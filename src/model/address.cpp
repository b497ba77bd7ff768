// Ranges, groups and text of IP addresses (RFC 1918, 3849, 4193, 4291, 5735, 5952, 6598).
#include "model/address.hpp"

#include <algorithm>
#include <charconv>

namespace kith {
namespace {

constexpr std::array<u8, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<u32> number(std::string_view text, int base, u32 most) {
  u32 value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

std::optional<std::array<u8, 4>> parse_v4(std::string_view text) {
  std::array<u8, 4> out{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos || dot > 3 || (dot > 1 && text[0] == '0')) return std::nullopt;
    const auto value = number(text.substr(0, dot), 10, 255);
    if (!value) return std::nullopt;
    out[i] = static_cast<u8>(*value);
    text.remove_prefix(i < 3 ? dot + 1 : dot);
  }
  return out;
}

/// Appends the groups of one side of "::" as bytes; false if they are not groups. Only the end of the whole address may
/// be written as IPv4.
bool parse_groups(std::string_view text, bool last, Buffer& out) {
  while (!text.empty()) {
    const auto colon = text.find(':');
    const auto part = text.substr(0, colon);
    if (part.find('.') != std::string_view::npos) {
      const auto v4 = parse_v4(part);
      if (!v4 || !last || colon != std::string_view::npos) return false;
      append(out, *v4);
      return true;
    }
    const auto value = part.size() <= 4 ? number(part, 16, 0xffff) : std::nullopt;
    if (!value) return false;
    out.push_back(static_cast<u8>(*value >> 8));
    out.push_back(static_cast<u8>(*value));
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(colon + 1);
    if (text.empty()) return false;
  }
  return true;
}

/// First group and length of the longest run of two or more zero groups; RFC 5952 §4.2.
std::pair<std::size_t, std::size_t> zero_run(const Ip& ip) {
  std::pair<std::size_t, std::size_t> best{8, 0};
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t length = 0;
    while (i + length < 8 && ip.bytes[2 * (i + length)] == 0 && ip.bytes[2 * (i + length) + 1] == 0) ++length;
    if (length >= 2 && length > best.second) best = {i, length};
  }
  return best;
}

}  // namespace

bool Ip::is_v4() const { return std::equal(mapped.begin(), mapped.end(), bytes.begin()); }

bool Ip::is_loopback() const {
  if (is_v4()) return bytes[12] == 127;
  return bytes == Ip{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}.bytes;
}

bool Ip::is_usable() const {
  if (is_v4()) {
    const u8 a = bytes[12], b = bytes[13], c = bytes[14];
    const bool documentation =
        (a == 192 && b == 0 && c == 2) || (a == 198 && b == 51 && c == 100) || (a == 203 && b == 0 && c == 113);
    return a != 0 && a < 224 && !documentation;
  }
  if (bytes == Ip{}.bytes || bytes[0] == 0xff) return false;
  return !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0d && bytes[3] == 0xb8);
}

int Ip::reach() const {
  if (is_loopback()) return 0;
  if (is_v4()) {
    const u8 a = bytes[12], b = bytes[13];
    const bool inside = a == 10 || (a == 172 && (b & 0xf0) == 16) || (a == 192 && b == 168) || (a == 169 && b == 254) ||
                        (a == 100 && (b & 0xc0) == 64);
    return inside ? 1 : 2;
  }
  const bool inside = (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
  return inside ? 1 : 2;
}

Group group_of(const Ip& ip) {
  if (ip.is_v4()) return {{4, ip.bytes[12], ip.bytes[13], 0, 0}};
  return {{6, ip.bytes[0], ip.bytes[1], ip.bytes[2], ip.bytes[3]}};
}

Ip ban_subject(const Ip& ip) {
  auto out = ip;
  if (!ip.is_v4()) std::fill(out.bytes.begin() + 8, out.bytes.end(), u8{0});
  return out;
}

std::string to_text(const Ip& ip) {
  if (ip.is_v4()) {
    std::string out;
    for (std::size_t i = 12; i < 16; ++i) out += (i == 12 ? "" : ".") + std::to_string(ip.bytes[i]);
    return out;
  }
  const auto [start, length] = zero_run(ip);
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == start) {
      out += "::";
      i += length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    std::array<char, 4> digits;
    const int group = ip.bytes[2 * i] << 8 | ip.bytes[2 * i + 1];
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), group, 16).ptr;
    out.append(digits.data(), end);
  }
  return out;
}

std::optional<Ip> parse_ip(std::string_view text) {
  if (const auto v4 = parse_v4(text)) return Ip::v4((*v4)[0], (*v4)[1], (*v4)[2], (*v4)[3]);
  const auto gap = text.find("::");
  Buffer head, tail;
  if (gap == std::string_view::npos) {
    if (!parse_groups(text, true, head) || head.size() != 16) return std::nullopt;
  } else if (!parse_groups(text.substr(0, gap), false, head) || !parse_groups(text.substr(gap + 2), true, tail) ||
             head.size() + tail.size() > 14) {
    return std::nullopt;
  }
  Ip out;
  std::copy(head.begin(), head.end(), out.bytes.begin());
  std::copy(tail.begin(), tail.end(), out.bytes.end() - static_cast<std::ptrdiff_t>(tail.size()));
  return out;
}

}  // namespace kith
