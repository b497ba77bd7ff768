// Answer: the body of an answer to a request: data or an error, or in profile A the data alone. go-spacemesh,
// p2p/server/msgserver.go.
#pragma once

#include <optional>
#include <string>

#include "model/body.hpp"
#include "spacemesh/message.hpp"
#include "spacemesh/profile.hpp"

namespace kith::spacemesh {

/// Longest text of an error, in bytes; the longest of the original's has 23.
inline constexpr std::size_t max_error_text = 256;

/// Errors that the original sends.
inline constexpr std::string_view error_bad_request = "unable to parse request";
inline constexpr std::string_view error_shutting_down = "node is shutting down";

/// data opaque | error string, as XDR
struct Answer {
  Body data;
  /// Not empty if the request failed.
  std::string error;
};

/// Nothing for an error in profile A, in which whoever cannot answer says nothing.
std::optional<Buffer> encode_answer(const Profile& profile, const Answer& answer);
/// The data keeps `body` alive. Fails with malformed.
Result<Answer> decode_answer(const Profile& profile, const Body& body);

}  // namespace kith::spacemesh
