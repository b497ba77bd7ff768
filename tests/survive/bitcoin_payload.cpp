// Each word is one small maker. What the node itself would never say is written by hand.
#include "survive/bitcoin_payload.hpp"

#include <algorithm>
#include <functional>

#include "base/writer.hpp"
#include "bitcoin/message_type.hpp"
#include "bitcoin/messages/addresses.hpp"
#include "bitcoin/messages/inventory.hpp"
#include "codec/compact.hpp"
#include "ledger/bitcoin/header.hpp"

namespace kith::survive {
namespace {

using bitcoin::InvType;

/// What a word says behind its name, in parts.
using Parts = std::vector<std::string>;

Parts split(const std::string& text, char at) {
  Parts out{""};
  for (const char each : text)
    if (each == at)
      out.emplace_back();
    else
      out.back().push_back(each);
  return out;
}

u32 inv_type(const std::string& word) {
  static const std::map<std::string, InvType> all{{"tx", InvType::tx},
                                                  {"block", InvType::block},
                                                  {"filtered-block", InvType::filtered_block},
                                                  {"compact-block", InvType::compact_block},
                                                  {"wtx", InvType::wtx},
                                                  {"witness-tx", InvType::witness_tx},
                                                  {"witness-block", InvType::witness_block}};
  const auto at = all.find(word);
  return at == all.end() ? static_cast<u32>(number(word)) : static_cast<u32>(at->second);
}

struct Maker {
  MadeChain& chain;
  Rng& rng;

  Buffer random(std::size_t size) const {
    Buffer out(size);
    rng.fill(out);
    return out;
  }
  Hash id(const std::string& block) const { return block == "any" ? take_array<32>(random(32)) : chain.id(block); }

  Buffer ids(const Parts& of) const {
    const auto count = number(of.at(0));
    const auto type = inv_type(of.at(1));
    Buffer out;
    codec::write_compact(out, count);
    Hash same = id(of.at(2));
    for (u64 i = 0; i < count; ++i) Writer(out).u32le(type).bytes(of[2] == "any" ? id("any") : same);
    return out;
  }

  Buffer addr(u64 count) const {
    std::vector<bitcoin::KnownAddress> all;
    for (u64 i = 0; i < count; ++i) {
      const auto dice = rng();
      const auto ip = Ip::v4(127, static_cast<u8>(dice), static_cast<u8>(dice >> 8), static_cast<u8>(dice >> 16));
      all.push_back({static_cast<u32>(to_seconds(utc_now())), {bitcoin::service::network, ip, 1}});
    }
    return bitcoin::encode_addr(all);
  }

  Buffer locator(const Parts& of) const {
    const auto count = number(of.at(0));
    Buffer out;
    Writer(out).u32le(static_cast<u32>(bitcoin::protocol_version));
    codec::write_compact(out, count);
    for (u64 i = 0; i < count; ++i) Writer(out).bytes(id(of.size() > 1 ? of[1] : "any"));
    Writer(out).zeros(sizeof(Hash));
    return out;
  }

  Buffer headers(const std::string& which) const {
    std::vector<Buffer> all;
    if (const auto dots = which.find(".."); dots != std::string::npos)
      all = chain.headers(number(which.substr(0, dots)), number(which.substr(dots + 2)));
    else
      for (const auto& block : split(which, ','))
        all.push_back(to_buffer(Bytes(chain.block(block)).first(ledger::bitcoin::header_size)));
    Buffer out;
    codec::write_compact(out, all.size());
    for (const auto& header : all) Writer(out).bytes(header).byte(0);
    return out;
  }

  Buffer version(const Parts& of) const {
    bitcoin::Version out;
    out.version = static_cast<i32>(number(of.at(0)));
    out.services = bitcoin::service::network | bitcoin::service::witness | bitcoin::service::encrypted;
    out.time = of.size() > 1 ? static_cast<i64>(number(of[1])) : to_seconds(utc_now());
    out.nonce = rng() | 1;
    out.user_agent = "/attacker/";
    out.height = 0;
    return bitcoin::encode(out);
  }
};

/// The id of the transaction whose first output is listed in coins.txt, a byte of it.
constexpr u8 coin = 1;

Buffer tx(u64 value, u64 size) {
  Buffer out;
  Writer(out).u32le(2).byte(1).bytes(Buffer(32, coin)).u32le(0).byte(0).u32le(0xffffffff).byte(1).u64le(value);
  codec::write_compact(out, size);
  Writer(out).zeros(size).u32le(0);
  return out;
}

/// A transaction that spends all of costly_coins.txt. Each of these has 50 signatures checked, with a different part of
/// the script in what is signed: none is good, and all the same the script holds.
Buffer costly(u64 value, u64 size) {
  constexpr u8 costly_coin = 2;
  constexpr u32 coins = 40;
  const auto signature_and_key =
      from_hex("09300602010102010101210279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
  Buffer out;
  Writer write(out);
  write.u32le(2).byte(coins);
  for (u32 i = 0; i < coins; ++i)
    write.bytes(Buffer(32, costly_coin)).u32le(i).byte(44).bytes(*signature_and_key).u32le(0xffffffff);
  write.byte(1).u64le(value);
  codec::write_compact(out, size);
  Writer(out).zeros(size).u32le(0);
  return out;
}

Buffer list(u64 count, u64 size) {
  Buffer out;
  codec::write_compact(out, count);
  Writer(out).zeros(count * size);
  return out;
}

Buffer number_of(const std::string& name, u64 value) {
  Buffer out;
  if (name == "u32")
    Writer(out).u32le(static_cast<u32>(value));
  else if (name == "u64")
    Writer(out).u64le(value);
  else
    codec::write_compact(out, value);
  return out;
}

Buffer one(const std::string& word, const Maker& make) {
  const auto colon = word.find(':');
  const auto name = word.substr(0, colon);
  const auto value = colon == std::string::npos ? std::string() : word.substr(colon + 1);
  const auto parts = split(value, ':');
  if (name == "hex") {
    if (auto bytes = from_hex(value)) return std::move(*bytes);
  } else if (name == "type" && value.size() <= bitcoin::type_size) {
    return to_buffer(bitcoin::write_type(value));
  } else if (name == "zero") {
    return Buffer(number(value), 0);
  } else if (name == "random") {
    return make.random(number(value));
  } else if (name == "u32" || name == "u64" || name == "compact") {
    return number_of(name, number(value));
  } else if (name == "list" && parts.size() == 2) {
    return list(number(parts[0]), number(parts[1]));
  } else if (name == "tx") {
    return tx(number(parts[0]), parts.size() > 1 ? number(parts[1]) : 1);
  } else if (name == "costly" && parts.size() == 2) {
    return costly(number(parts[0]), number(parts[1]));
  } else if (name == "version") {
    return make.version(parts);
  } else if (name == "addr") {
    return make.addr(number(value));
  } else if (name == "ids" && parts.size() == 3) {
    return make.ids(parts);
  } else if (name == "locator") {
    return make.locator(parts);
  } else if (name == "headers") {
    return make.headers(value);
  } else if (name == "block") {
    return make.chain.block(value);
  } else if (name == "header") {
    return to_buffer(Bytes(make.chain.block(value)).first(ledger::bitcoin::header_size));
  } else if (name == "id") {
    return to_buffer(make.id(value));
  }
  throw Failed{"'" + word + "' stands for no bytes"};
}

}  // namespace

Buffer bitcoin_payload(Words words, MadeChain& chain, Rng& rng) {
  Buffer out;
  for (const auto& word : words) append(out, one(word, Maker{chain, rng}));
  return out;
}

}  // namespace kith::survive
