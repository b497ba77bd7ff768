// Spacemesh's messages: the first byte names the decoder of the rest. What is read is written as something that reads
// the same, and what is not read fails with a fault of its message.
#include "base/check.hpp"
#include "spacemesh/answer.hpp"
#include "spacemesh/clock.hpp"
#include "spacemesh/discovery.hpp"
#include "spacemesh/handshake.hpp"
#include "target.hpp"

namespace kith::spacemesh {
namespace {

template <typename Decode, typename Encode>
void look(Bytes bytes, std::initializer_list<Fault> faults, Decode decode, Encode encode_it) {
  const auto value = decode(bytes);
  if (!value) {
    check(std::ranges::find(faults, value.error().fault) != faults.end(), "a fault that is not promised");
    return;
  }
  const Buffer once = encode_it(*value);
  check(once.size() <= bytes.size(), "what is written is no longer");
  const auto again = decode(once);
  check(again.has_value(), "what was written is read");
  check(encode_it(*again) == once, "and is the same");
}

constexpr auto write = [](const auto& value) { return encode(value); };
constexpr auto read_message = [](Bytes bytes) { return decode_message(Body(to_buffer(bytes))); };

void look_at(u8 which, Bytes in) {
  using enum Fault;
  const auto answers = [&](const Profile& profile) {
    look(
        in, {malformed}, [&](Bytes bytes) { return decode_answer(profile, Body(to_buffer(bytes))); },
        [&](const Answer& answer) { return encode_answer(profile, answer).value(); });
  };
  switch (which % 9) {
    case 0: return look(in, {handshake_failed}, decode_handshake_data, write);
    case 1: return look(in, {malformed}, read_message, write);
    case 2: return answers(profile_a);
    case 3: return answers(profile_b);
    case 4: return look(in, {malformed}, decode_ping, write);
    case 5: return look(in, {malformed}, decode_pong, write);
    case 6: return look(in, {malformed, oversize}, decode_addresses, encode_addresses);
    case 7: return look(in, {malformed}, decode_clock_question, encode_clock_question);
    default: return look(in, {malformed}, decode_clock_answer, write);
  }
}

}  // namespace
}  // namespace kith::spacemesh

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  if (size > 0) kith::spacemesh::look_at(data[0], kith::Bytes(data, size).subspan(1));
  return 0;
}
