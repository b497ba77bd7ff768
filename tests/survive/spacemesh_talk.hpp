// SpacemeshTalk: the wire of Spacemesh's first stack, whose key everybody has; and its datagrams.
#pragma once

#include <map>

#include "spacemesh/wire.hpp"
#include "survive/made_chain.hpp"
#include "survive/talk.hpp"

namespace kith::survive {

/// What the lines of one attack share.
struct SpacemeshAttack {
  /// Where the node hears datagrams.
  Address to;
  Rng& rng;
  MadeChain chain = {};
  /// The last first record, and the last record behind one, of any line.
  Buffer last_first = {};
  Buffer last_record = {};
};

class SpacemeshTalk : public Talk {
 public:
  SpacemeshTalk(SpacemeshAttack& attack, u64 key) : attack_(attack), key_(key) {}
  ~SpacemeshTalk() override;

  /// Nothing answers the first record: it is said, and that is all.
  bool begin(Line& line, const std::string& verb, Words rest) override;
  bool ready() const override { return begun_; }
  bool act(Line& line, const std::string& verb, Words rest) override;
  /// Words of the bitcoin wire, and `text:WORD`, `length:BITS` (a uvarint of 2 to that power), `info:KEY` (what a node
  /// of that key says of itself), `answer:SIZE` (one of zeros).
  Buffer payload(Words words) override;
  void hear(Line& line, Bytes bytes) override;
  void pump(Line& line) override;
  /// A protocol, or `pong`, `ping` and `addresses` among datagrams.
  u64 heard(const std::string& what) const override;

 private:
  crypto::Key key() const;
  void first(Line& line, Words rest);
  void record(Line& line, Bytes plain);
  void message(Line& line, const std::string& protocol, std::optional<spacemesh::Call> call, Bytes payload);
  /// From the address of the line.
  void datagram(Line& line, Bytes bytes);
  void hear_datagram(Bytes bytes);

  SpacemeshAttack& attack_;
  u64 key_;
  bool begun_ = false;
  u64 next_call_ = 1;
  int udp_ = -1;
  spacemesh::FrameReader frames_{spacemesh::max_record};
  std::map<std::string, u64> heard_;
};

}  // namespace kith::survive
