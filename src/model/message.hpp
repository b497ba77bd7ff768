// Message: one message of one sub-protocol, on one lane of one peer, as a wire hands it over.
#pragma once

#include <string>

#include "model/body.hpp"

namespace kith {

/// Waiting messages leave in this order, though none waits for ever.
enum class Priority : u8 { control, block, item, bulk };
inline constexpr std::size_t priorities = 4;

/// A sub-protocol: what it is called on the wire, its largest message in bytes, and how urgent its messages are.
struct Name {
  std::string text;
  u32 largest = 0;
  Priority priority = Priority::item;
  /// The word of the only wire on which it is spoken; empty where every wire that exchanges names may speak it.
  std::string wire = {};

  bool is_on(std::string_view word) const { return wire.empty() || wire == word; }
};
/// Longest text of a name, and most names of a node.
inline constexpr std::size_t max_name_text = 32;
inline constexpr std::size_t max_names = 64;

/// One conversation with one peer: its number is that of the exchange, so it is also the request id.
using Lane = u32;

enum class Role : u8 { letter, request, answer, refusal };

struct Message {
  Lane lane = 0;
  /// Index into the host's table of names.
  u16 name = 0;
  Role role = Role::letter;
  u32 type = 0;
  Body body;
};

}  // namespace kith
