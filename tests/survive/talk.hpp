// Talk: what an attacker can say over one wire, and hears of it, beside bytes. One for each line.
#pragma once

#include <span>
#include <string>

#include "survive/line.hpp"

namespace kith::survive {

using Words = std::span<const std::string>;

/// Something that the script demands is not so, or cannot be done; the text says what.
struct Failed {
  std::string what;
};

u64 number(const std::string& word);
/// The word behind `name`.
std::string value_of(Words words, const std::string& name, const std::string& fallback);

class Talk {
 public:
  virtual ~Talk() = default;

  /// Begins what the verb (handshake, try, transport) says; it has come when ready() says so. False if it is none here.
  virtual bool begin(Line& line, const std::string& verb, Words rest) = 0;
  virtual bool ready() const = 0;
  /// Does what a verb of this wire says; false if it is none, or lacks words.
  virtual bool act(Line& line, const std::string& verb, Words rest) = 0;
  /// The bytes that words stand for. Throws Failed.
  virtual Buffer payload(Words words) = 0;
  virtual void hear(Line& line, Bytes bytes) = 0;
  /// Hears what comes beside the connection.
  virtual void pump(Line&) {}
  /// How often the node said this, as far as the wire tells messages apart.
  virtual u64 heard(const std::string& what) const = 0;
};

}  // namespace kith::survive
