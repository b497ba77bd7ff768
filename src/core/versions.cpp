// The number behind the last '/'.
#include "core/versions.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace kith::core {
namespace {

struct Versioned {
  std::string_view stem;
  u64 number = 0;
};

/// Nothing if the text names no version, or names it in a way in which two texts could name one.
std::optional<Versioned> split(std::string_view text) {
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto digits = text.substr(slash + 1);
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  Versioned out{text.substr(0, slash)};
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), out.number);
  if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return out;
}

}  // namespace

std::vector<u16> newest(const std::vector<Name>& names, std::vector<u16> shared) {
  std::map<std::string_view, u64> highest;
  for (const u16 name : shared)
    if (const auto one = split(names[name].text)) {
      auto& number = highest[one->stem];
      number = std::max(number, one->number);
    }
  std::erase_if(shared, [&](u16 name) {
    const auto one = split(names[name].text);
    return one && one->number < highest.at(one->stem);
  });
  return shared;
}

}  // namespace kith::core
