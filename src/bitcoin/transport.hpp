// Transport: one connection's bytes to Bitcoin's messages and back, over whichever of the two transports it turns out
// to speak: the plain one (v1) or the encrypted one of BIP 324 (v2). It holds the connection's only queue of messages.
#pragma once

#include <memory>
#include <variant>

#include "base/fifo.hpp"
#include "bitcoin/v1_frame.hpp"
#include "bitcoin/v2_handshake.hpp"
#include "core/wire.hpp"

namespace kith::bitcoin {

/// Most messages that wait at once; their bytes are bounded by who says them.
inline constexpr std::size_t max_waiting = 16'384;

/// In the order in which things happened: a message; a fault that cost one message; payload bytes that are off the
/// queue, sent or thrown away; the end, after which nothing comes in or goes out.
using TransportEvent = std::variant<NetMessage, core::Erred, core::Left, core::Closed>;

class Transport {
 public:
  enum class Version : u8 { unknown, v1, v2 };

  /// `aead` outlives the transport, and may serve all connections of a thread.
  static Transport dial_v1(crypto::Aead& aead, const Magic& magic);
  static Transport dial_v2(crypto::Aead& aead, Rng& rng, const Magic& magic);
  /// Waits for a dialler, says nothing and draws no key before its bytes show that it speaks v2.
  static Transport answer(crypto::Aead& aead, const Magic& magic);

  void receive(Rng& rng, Bytes bytes);
  std::optional<TransportEvent> take();

  /// Queues a message; false, and it is not taken, when max_waiting wait. What is said after the end is thrown away.
  [[nodiscard]] bool say(std::string_view type, Body payload);
  /// Queues a packet of `size` zeros that v2 peers ignore; v1 has none. Those said before the keys are known go out
  /// ahead of our version.
  void say_decoy(std::size_t size);
  /// Appends bytes to send, `room` at most. Messages leave whole and in order; the front one is copied only here.
  void pull(Buffer& out, std::size_t room);
  bool has_output() const;

  /// Ends the connection for a reason of ours, or because the stream ended.
  void close(Error why);

  /// Which it is, as soon as that is known; a dialler knows from the start.
  Version version() const { return version_; }
  /// Names the encrypted session, once both keys are known and until the end. It is proven when a message has come.
  std::optional<Hash> session_id() const;
  /// Whether a dial of v2 failed as it does at a node that knows v1 alone: it hung up without a word on what it took
  /// for a header of another network. Worth a dial of v1.
  bool retry_as_v1() const;
  /// Whether a dial of v2 ended as it does at a node that cannot take garbage of the largest length. Worth another dial
  /// of v2, which most likely has garbage of another. Tells something only until a message has come.
  bool retry_as_v2() const { return dialled_v2_ && heard_ && most_garbage_; }
  /// Bytes received that are no whole message yet.
  std::size_t held() const;

 private:
  /// In the order in which a connection goes through them, but that v1 skips those of v2.
  enum class State : u8 { telling, v1, key, garbage, version, v2, closed };
  struct Waiting {
    std::string type;
    Body payload;
    std::optional<std::size_t> decoy = std::nullopt;
  };
  /// Bytes made that did not fit where they were to go; of them, where the payload is.
  struct Leaving {
    Buffer bytes;
    std::size_t at = 0;
    std::size_t payload_at = 0;
    std::size_t payload_size = 0;

    std::size_t payload_before(std::size_t end) const;
  };

  Transport(crypto::Aead& aead, const Magic& magic, State state)
      : aead_(&aead), magic_(magic), state_(state), v1_(magic) {}

  Result<> step(Rng& rng, Bytes& bytes);
  Result<> tell(Rng& rng, Bytes& bytes);
  Result<> take_key(Bytes& bytes);
  Result<> take_v1(Bytes& bytes);
  Result<> take_v2(Bytes& bytes);
  void begin_v2(Rng& rng, bool initiator);
  bool may_say() const { return state_ == State::v1 || (state_ >= State::garbage && state_ <= State::v2); }
  void frame(const Waiting& message, Buffer& out);
  std::size_t frame_overhead(const Waiting& message) const;
  void report_left(std::size_t bytes);

  crypto::Aead* aead_;
  Magic magic_;
  State state_;
  Version version_ = Version::unknown;
  bool dialled_v2_ = false;
  bool heard_ = false;
  bool most_garbage_ = false;
  /// What a dialler began with, while that may be either transport.
  u8 prefix_size_ = 0;
  std::array<u8, v1_prefix_size> prefix_{};
  V1Reader v1_;
  std::unique_ptr<V2Handshake> handshake_;
  std::unique_ptr<Session> session_;
  Fifo<Waiting> waiting_;
  Leaving leaving_;
  u64 sent_ = 0;
  Fifo<TransportEvent> events_;
};

}  // namespace kith::bitcoin
