// BitcoinTalk: the bitcoin wire over either transport, with the keys of the encrypted one in hand.
#pragma once

#include <map>

#include "bitcoin/v1_frame.hpp"
#include "bitcoin/v2_handshake.hpp"
#include "crypto/aead.hpp"
#include "survive/made_chain.hpp"
#include "survive/talk.hpp"

namespace kith::survive {

/// What the lines of one attack share.
struct BitcoinAttack {
  bool encrypted = true;
  bitcoin::Magic magic{};
  Rng& rng;
  MadeChain chain = {};
  crypto::Aead aead = {};
};

class BitcoinTalk : public Talk {
 public:
  explicit BitcoinTalk(BitcoinAttack& attack) : attack_(attack), v1_(attack.magic) {}

  bool begin(Line& line, const std::string& verb, Words rest) override;
  bool ready() const override { return shakes_ ? heard("verack") > 0 : !attack_.encrypted || open_; }
  bool act(Line& line, const std::string& verb, Words rest) override;
  Buffer payload(Words words) override;
  void hear(Line& line, Bytes bytes) override;
  /// A type of message; or getdata:HEIGHT, a question for a block of the attack's chain.
  u64 heard(const std::string& what) const override;

 private:
  void say(Line& line, const std::string& type, Bytes payload);
  void packet(Line& line, Bytes contents, bool decoy);
  void hear_v1(Line& line, Bytes bytes);
  void hear_v2(Line& line, Bytes bytes);
  void take(Line& line, const bitcoin::NetMessage& message);
  void take_getdata(Line& line, Bytes payload);

  BitcoinAttack& attack_;
  bitcoin::V1Reader v1_;
  std::optional<bitcoin::V2Handshake> v2_;
  std::optional<bitcoin::Session> session_;
  /// The garbage of the other side has ended, and its version packet has come.
  bool authenticated_ = false;
  bool open_ = false;
  /// Goes on from the transport to verack by itself.
  bool shakes_ = false;
  /// The height up to which it serves the chain, as an honest peer does.
  std::size_t serves_ = 0;
  std::map<std::string, u64> heard_;
};

}  // namespace kith::survive
