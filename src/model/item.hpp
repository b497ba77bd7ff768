// Item: something that is gossiped. Its id is computed from the body, never taken from a message.
#pragma once

#include <string>

#include "model/body.hpp"

namespace kith {

using ItemHash = std::array<u8, 20>;

/// What a kind of items is called where its text would be too long: a part of the text's hash.
using KindTag = u32;

/// What an item is known by on every wire: its kind, as an index into the host's table of kinds, and its content's id.
struct ItemId {
  u16 kind = 0;
  ItemHash hash{};
  auto operator<=>(const ItemId&) const = default;
};

struct Item {
  ItemId id;
  Body body;
};

}  // namespace kith
