// HKDF against the test cases of RFC 5869, appendix A, of which the first 32 bytes of output are compared.
#include "crypto/hkdf.hpp"

#include <gtest/gtest.h>

namespace kith::crypto {
namespace {

TEST(Hkdf, gives_case_1_of_rfc_5869) {
  const auto extracted = hkdf_extract(*from_hex("000102030405060708090a0b0c"), Buffer(22, 0x0b));
  EXPECT_EQ(to_hex(extracted.bytes), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  EXPECT_EQ(to_hex(hkdf_expand(extracted, *from_hex("f0f1f2f3f4f5f6f7f8f9")).bytes),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

TEST(Hkdf, gives_case_3_of_rfc_5869_without_salt_and_info) {
  const auto extracted = hkdf_extract({}, Buffer(22, 0x0b));
  EXPECT_EQ(to_hex(extracted.bytes), "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
  EXPECT_EQ(to_hex(hkdf_expand(extracted, {}).bytes),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

}  // namespace
}  // namespace kith::crypto
