// What tests read: the vectors of vectors/spacemesh/, made by the original.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "crypto/secretbox.hpp"

namespace kith::spacemesh {

using Json = boost::json::value;

/// The content of vectors/spacemesh/NAME.json.
inline Json vectors(const std::string& name) {
  std::ifstream file(KITH_SOURCE_DIR "/vectors/spacemesh/" + name + ".json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto out = boost::json::parse(text).at("vectors");
  EXPECT_FALSE((out.is_array() && out.as_array().empty()) || (out.is_object() && out.as_object().empty())) << name;
  return out;
}

/// A copy, over which a loop may run though `value` is gone.
inline boost::json::array list(const Json& value) { return value.as_array(); }
inline std::string text(const Json& value) { return value.as_string().c_str(); }
inline Buffer hex(const Json& value) { return from_hex(text(value)).value(); }
inline crypto::BoxNonce nonce(const Json& value) { return take_array<24>(hex(value)); }
template <typename T>
T number(const Json& value) {
  return value.to_number<T>();
}

/// The keys that the vectors call A and B.
inline crypto::Key key_of(const Json& name) {
  for (const auto& each : list(vectors("crypto").at("keys")))
    if (each.at("name") == name) return take_array<32>(hex(each.at("public")));
  ADD_FAILURE() << "no such key: " << name;
  return {};
}

/// What is wrong; Fault::count if nothing is.
template <typename T>
Fault fault(const Result<T>& result) {
  return result ? Fault::count : result.error().fault;
}

}  // namespace kith::spacemesh
