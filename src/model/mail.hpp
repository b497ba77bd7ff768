// Letter: what one node sends to another one by its key, wherever that is in the network, and by which way it got
// there.
#pragma once

#include <string>
#include <vector>

#include "model/address.hpp"
#include "model/body.hpp"

namespace kith {

/// Largest bytes of a letter, so that it also fits into a sealed item of 4 KiB.
inline constexpr std::size_t max_letter = 3584;
/// Most addresses at which a node says that it can be dialled.
inline constexpr std::size_t max_contact_addresses = 2;

struct Letter {
  /// To whom, of one that is sent; from whom, and proven, of one that came.
  PeerId who;
  /// Its sender's, drawn at random: what a letter is known by to both ends.
  u64 number = 0;
  /// Says no more than that the letter of this number, which came sealed, is there.
  bool acknowledgement = false;
  /// What its receiver is to do with it, at most max_name_text bytes.
  std::string protocol = {};
  Body bytes = {};
  /// Where the sender of a sealed letter says that it can be dialled.
  std::vector<Address> back = {};
};

/// How a letter found its receiver: it was connected, in the address book, asked for by key, or reached by an item that
/// only it can open.
enum class Way : u8 { direct, dialled, found, sealed };

inline const char* to_text(Way way) {
  switch (way) {
    case Way::direct: return "direct";
    case Way::dialled: return "dialled";
    case Way::found: return "found";
    case Way::sealed: return "sealed";
  }
  return "";
}

}  // namespace kith
