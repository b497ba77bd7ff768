// Reading versions as Go's strings.Split and strconv.ParseInt do.
#include "spacemesh/version.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace kith::spacemesh {
namespace {

constexpr auto none = std::string_view::npos;

using Numbers = std::array<int, 3>;

std::optional<int> number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  using Limits = std::numeric_limits<std::int8_t>;
  if (error != std::errc{} || end != text.data() + text.size() || value < Limits::min() || value > Limits::max())
    return std::nullopt;
  return value;
}

Result<Numbers> numbers(std::string_view text) {
  if (std::ranges::count(text, '.') != 2) return fail(Fault::wrong_network, "fields of a version");
  Numbers out{};
  for (int& field : out) {
    const auto dot = text.find('.');
    const auto value = number(text.substr(0, dot));
    if (!value) return fail(Fault::wrong_network, "number in a version");
    field = *value;
    text.remove_prefix(dot == none ? text.size() : dot + 1);
  }
  return out;
}

}  // namespace

Result<bool> at_least(std::string_view version, std::string_view least) {
  if (const auto slash = version.find('/'); slash != none) {
    version.remove_prefix(slash + 1);
    if (version.find('/') != none) return fail(Fault::wrong_network, "parts of a version");
  }
  if (version == least) return true;
  const auto theirs = numbers(version);
  if (!theirs) return std::unexpected(theirs.error());
  const auto ours = numbers(least);
  if (!ours) return std::unexpected(ours.error());
  if (*theirs == *ours) return fail(Fault::wrong_network, "spelling of a version");
  return *theirs > *ours;
}

Result<> check_version(std::string_view version, std::string_view least) {
  const auto good = at_least(version, least);
  if (!good) return std::unexpected(good.error());
  if (!*good) return fail(Fault::wrong_network, "version");
  return {};
}

}  // namespace kith::spacemesh
