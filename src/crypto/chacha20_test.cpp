// ChaCha20 against RFC 8439.
#include "crypto/chacha20.hpp"

#include <gtest/gtest.h>

namespace kith::crypto {
namespace {

TEST(Chacha20, gives_the_block_of_rfc_8439_section_2_3_2) {
  Key key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<u8>(i);
  EXPECT_EQ(to_hex(chacha20_block(key, {0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0}, 1).bytes),
            "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
            "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
}

}  // namespace
}  // namespace kith::crypto
