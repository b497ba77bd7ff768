// What tests read: messages that others wrote down, and large blocks of mainnet.
#pragma once

#include <fstream>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

#include "base/reader.hpp"

namespace kith::bitcoin {

/// The payload of vectors/bitcoin/messages.txt of this type.
inline Buffer published(std::string_view type) {
  std::ifstream file(KITH_SOURCE_DIR "/vectors/bitcoin/messages.txt");
  for (std::string name, hex; file >> name >> hex;)
    if (name == type) return from_hex(hex).value();
  ADD_FAILURE() << "no such message: " << type;
  return {};
}

/// Four full blocks of 2024, 1.6 to 2.0 MB each.
inline const std::vector<Buffer>& large_blocks() {
  static const std::vector<Buffer> out = [] {
    std::ifstream file(KITH_SOURCE_DIR "/data/mainnet-blocks-831328-831331.blk", std::ios::binary);
    const Buffer bytes(std::istreambuf_iterator<char>(file), {});
    std::vector<Buffer> blocks;
    Reader in(bytes);
    while (in.left() > 0) {
      in.u32le();
      blocks.push_back(to_buffer(in.take(in.u32le())));
    }
    EXPECT_TRUE(in.complete());
    EXPECT_EQ(blocks.size(), 4u);
    return blocks;
  }();
  return out;
}

}  // namespace kith::bitcoin
