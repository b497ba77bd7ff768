// Items for tests: the id comes from the first bytes of the body alone, so that copies of one item can differ.
#pragma once

#include <variant>
#include <vector>

#include "base/writer.hpp"
#include "gossip/gossip.hpp"

namespace kith::gossip {

inline constexpr std::size_t least_body = 9;

inline ItemId id_of(u64 number, u16 kind = 0) {
  ItemId id{kind, {}};
  for (std::size_t i = 0; i < 8; ++i) id.hash[i] = static_cast<u8>(number >> (56 - 8 * i));
  return id;
}

/// A copy of item `number`; the verdict on it stands in the body.
inline Item item_of(u64 number, std::size_t size = least_body, Verdict verdict = Verdict::accept, u16 kind = 0) {
  Buffer body;
  Writer(body).u64be(number).byte(static_cast<u8>(verdict)).zeros(size - least_body);
  return {id_of(number, kind), Body(std::move(body))};
}

inline Verdict verdict_on(const Item& item) { return static_cast<Verdict>(item.body.bytes()[8]); }

inline Time at(Duration since) { return Time{since}; }

template <typename What>
std::vector<What> all(const Decisions& decisions) {
  std::vector<What> out;
  for (const auto& decision : decisions)
    if (const auto* what = std::get_if<What>(&decision)) out.push_back(*what);
  return out;
}

}  // namespace kith::gossip
