// MadeChain: blocks that an attack has of its own on regtest's genesis block, and copies of them with something wrong.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace kith::survive {

class MadeChain {
 public:
  MadeChain();

  /// The block that words such as "7" or "7+mutant" stand for; 0 is genesis. Throws Failed if there is none. What is
  /// wrong: mutant (other transactions than its header commits to), cut (no transactions), bad (breaks a rule of
  /// blocks), future (dated three hours from now), weak (proves no work).
  Buffer block(const std::string& word);
  Hash id(const std::string& word);
  /// How high a block is that has nothing wrong.
  std::optional<std::size_t> height_of(const Hash& id) const;
  std::vector<Buffer> headers(std::size_t from, std::size_t to);

 private:
  const Buffer& good(std::size_t height);

  std::vector<Buffer> blocks_;
  std::map<Hash, std::size_t> heights_;
};

}  // namespace kith::survive
