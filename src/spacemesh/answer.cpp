// Bodies of answers in both profiles.
#include "spacemesh/answer.hpp"

#include "codec/xdr.hpp"

namespace kith::spacemesh {

std::optional<Buffer> encode_answer(const Profile& profile, const Answer& answer) {
  Buffer out;
  if (profile.wrapped_answers) {
    codec::XdrWriter(out).opaque(answer.data.bytes()).string(answer.error);
  } else {
    if (!answer.error.empty()) return std::nullopt;
    append(out, answer.data.bytes());
  }
  return out;
}

Result<Answer> decode_answer(const Profile& profile, const Body& body) {
  if (!profile.wrapped_answers) return Answer{body, {}};
  constexpr std::size_t length_size = 4;
  codec::XdrReader in(body.bytes());
  const std::size_t size = in.opaque(max_payload).size();
  Answer out;
  out.error = in.string(max_error_text);
  if (!in.ok()) return fail(Fault::malformed, "answer");
  out.data = body.part(length_size, size);
  return out;
}

}  // namespace kith::spacemesh
