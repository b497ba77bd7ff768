// Stranger: somebody who connects to the node of fuzz/host over any wire, with the keys of a session in hand, or with
// bytes alone. What it says comes out as bytes; what it hears is put into `heard`.
#pragma once

#include "base/reader.hpp"
#include "bitcoin/contents.hpp"
#include "bitcoin/messages/handshake.hpp"
#include "bitcoin/messages/names.hpp"
#include "bitcoin/v1_frame.hpp"
#include "bitcoin/v2_handshake.hpp"
#include "lean/control.hpp"
#include "lean/inbox.hpp"
#include "lean/port.hpp"
#include "lean/record.hpp"

namespace kith::fuzz {

enum class Tongue : u8 { lean, bitcoin_v1, bitcoin_v2 };

inline constexpr bitcoin::Magic magic{0xfa, 0xbf, 0xb5, 0xda};
inline const std::vector<std::string> spoken{"ping/1", "addresses/1", "gossip/1", "headers/1", "blocks/1", "nobody/1"};
inline constexpr std::array<std::string_view, 24> types{
    bitcoin::name::version,     bitcoin::name::verack,     bitcoin::name::wtxidrelay,  bitcoin::name::sendaddrv2,
    bitcoin::name::feature,     bitcoin::name::ping,       bitcoin::name::pong,        bitcoin::name::getaddr,
    bitcoin::name::addr,        bitcoin::name::addrv2,     bitcoin::name::inv,         bitcoin::name::getdata,
    bitcoin::name::notfound,    bitcoin::name::getheaders, bitcoin::name::getblocks,   bitcoin::name::headers,
    bitcoin::name::sendheaders, bitcoin::name::block,      bitcoin::name::tx,          bitcoin::name::sendcmpct,
    bitcoin::name::cmpctblock,  bitcoin::name::blocktxn,   bitcoin::name::getblocktxn, "mempool"};

inline Buffer framed(Lane lane, u8 flags, Bytes piece) {
  Buffer out;
  Writer(out).u32be(lane).byte(flags).u24be(static_cast<u32>(piece.size())).bytes(piece);
  return out;
}

struct Stranger {
  u64 key;
  lean::Shared shared;
  core::Offer offer;
  Tongue tongue = Tongue::lean;
  /// The node dialled it.
  bool called = false;
  std::optional<Peer> peer{};
  bool deaf = false;
  /// What it has not read yet.
  Buffer heard{};

  Stranger(u64 its_key, const crypto::Identity& identity, Hello hello) : key(its_key), shared{.identity = identity} {
    offer.hello = std::move(hello);
  }

  bool has_session() const { return session_ || packets_ || plain_; }

  void forget() {
    peer.reset();
    asking_.reset();
    session_.reset();
    handshake_.reset();
    packets_.reset();
    plain_ = called = false;
    heard.clear();
  }

  /// What it says first; finish() tells what follows once that is answered.
  Buffer begin(core::Turn turn, const PeerId& whom) {
    if (tongue == Tongue::bitcoin_v1) return plain_ = true, introduced(turn);
    if (tongue == Tongue::bitcoin_v2) {
      Buffer garbage(turn.rng.below(100));
      handshake_.emplace(magic, !called, bitcoin::V2Draw{crypto::ellswift_create(turn.rng), std::move(garbage)});
      return handshake_->first_flight();
    }
    if (called) return {};
    asking_.emplace(*lean::Asking::begin(shared, offer, turn, whom));
    return asking_->message();
  }

  Buffer finish(core::Turn turn) {
    if (handshake_ && !packets_) {
      Bytes unread = heard;
      auto agreed = handshake_->take_key(unread);
      heard.clear();
      if (!agreed || !*agreed) return {};
      packets_.emplace(std::move((*agreed)->session));
      auto out = handshake_->second_flight(shared.aead, *packets_, {3});
      append(out, introduced(turn));
      return out;
    }
    if (tongue != Tongue::lean || session_) return {};
    Buffer out;
    if (called) {
      auto answer = lean::answer(shared, offer, turn, heard);
      if (!answer) return {};
      out = answer->message;
      session_.emplace(std::move(answer->session));
    } else {
      if (!asking_ || heard.size() < lean::second_size) return {};
      auto session = asking_->finish(offer, turn, Bytes(heard).first(lean::second_size));
      if (!session) return {};
      session_.emplace(std::move(*session));
    }
    append(out, record(framed(lean::control_lane, 0xc0, lean::encode_names({spoken, false}))));
    return out;
  }

  /// Bytes inside of what the keys protect: a record, a packet, or, where nothing is protected, a message.
  Buffer record(Bytes plain) {
    Buffer out;
    if (plain.empty()) return out;
    if (session_) {
      const auto most = plain.first(std::min(plain.size(), lean::max_plain));
      if (!lean::write_record(shared.aead, session_->send, most, out)) out.clear();
    } else if (packets_) {
      packets_->send.write(shared.aead, {}, plain[0] == 0xff, {plain}, out);
    } else if (plain_) {
      bitcoin::write_v1(out, magic, types[plain[0] % types.size()], plain.subspan(1));
    }
    return out;
  }

  /// A message that is well formed but for its contents, perhaps without its end.
  Buffer say(u8 head, u8 type, Lane lane, Bytes payload, Utc utc) {
    if (tongue == Tongue::bitcoin_v1 || tongue == Tongue::bitcoin_v2)
      return message(types[head % types.size()], payload);
    Buffer piece;
    const auto role = static_cast<Role>(head >> 3 & 3);
    lean::write_head(piece, {head % 7u, role, type, utc, false});
    append(piece, payload);
    return record(framed(lane, head & 0x80 ? 0x80 : 0xc0, Bytes(piece).first(std::min(piece.size(), lean::max_piece))));
  }

 private:
  Buffer message(std::string_view type, Bytes payload) {
    Buffer out;
    if (packets_)
      packets_->send.write(shared.aead, {}, false, {bitcoin::contents_head(type).bytes(), payload}, out);
    else if (plain_)
      bitcoin::write_v1(out, magic, type, payload);
    return out;
  }

  Buffer introduced(const core::Turn& turn) {
    bitcoin::Version version;
    version.services = bitcoin::service::network | bitcoin::service::witness;
    version.time = to_seconds(turn.utc);
    version.nonce = key;
    Buffer out = message(bitcoin::name::version, encode(version));
    for (const auto type : {bitcoin::name::wtxidrelay, bitcoin::name::sendaddrv2, bitcoin::name::verack})
      append(out, message(type, {}));
    return out;
  }

  std::optional<lean::Asking> asking_;
  std::optional<lean::Session> session_;
  std::optional<bitcoin::V2Handshake> handshake_;
  std::optional<bitcoin::Session> packets_;
  bool plain_ = false;
};

}  // namespace kith::fuzz
