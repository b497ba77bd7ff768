// LeanTalk: the lean wire with the keys of the session in hand, so that every rule outside and inside of records can be
// broken.
#pragma once

#include <optional>
#include <vector>

#include "lean/handshake.hpp"
#include "survive/talk.hpp"

namespace kith::survive {

/// The names of every session here; a message's name is an index into them.
inline const std::vector<std::string> names{"ping/1", "addresses/1", "gossip/1", "headers/1", "blocks/1", "nobody/1"};

/// What the lines of one attack share.
struct LeanAttack {
  PeerId whom;
  Hash network{};
  Rng& rng;
  /// The last first message of any line.
  Buffer last_first = {};
};

class LeanTalk : public Talk {
 public:
  LeanTalk(LeanAttack& attack, u64 key);

  bool begin(Line& line, const std::string& verb, Words rest) override;
  bool ready() const override { return session_.has_value(); }
  bool act(Line& line, const std::string& verb, Words rest) override;
  Buffer payload(Words words) override;
  void hear(Line& line, Bytes bytes) override;
  u64 heard(const std::string&) const override { return 0; }

 private:
  /// The first message, with dice of its own.
  const Buffer& first();
  void finish(Line& line);
  void record(Line& line, Bytes plain);
  bool frame(Line& line, Words rest);
  bool message(Line& line, Words rest, bool whole);

  LeanAttack& attack_;
  crypto::Identity identity_;
  lean::Shared shared_{.identity = identity_};
  core::Offer offer_;
  bool begun_ = false;
  std::optional<lean::Asking> asking_;
  std::optional<lean::Session> session_;
  /// The second message as far as it is there.
  Buffer second_;
  Lane lane_ = 1;
};

}  // namespace kith::survive
