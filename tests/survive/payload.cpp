// Each word is one small maker.
#include "survive/payload.hpp"

#include <chrono>
#include <functional>
#include <map>

#include "codec/address_xdr.hpp"
#include "crypto/hash.hpp"
#include "lean/envelope.hpp"
#include "ledger/bitcoin/maker.hpp"

namespace kith::survive {
namespace {

constexpr std::size_t header_size = 80;

Utc utc_now() { return Utc{std::chrono::floor<Utc::duration>(std::chrono::system_clock::now().time_since_epoch())}; }

Buffer random_bytes(Rng& rng, std::size_t size) {
  Buffer out(size);
  rng.fill(out);
  return out;
}

template <std::size_t N>
Buffer numbered(u64 number) {
  auto rng = Rng::seeded(number, 77);
  return to_buffer(rng.bytes<N>());
}

Buffer note(Maker& maker, std::size_t size, Utc time) {
  lean::Envelope envelope;
  envelope.version = 256;
  envelope.time = time;
  envelope.protocol = "note";
  envelope.payload = random_bytes(maker.rng, std::max<std::size_t>(size, 8));
  lean::sign_envelope(envelope, maker.identity, maker.network);
  return lean::encode_envelope(envelope);
}

/// Of loopback, where a node takes addresses from its neighbours there, and where nobody else is dialled.
Buffer addresses(Maker& maker, std::size_t count) {
  Buffer out;
  codec::XdrWriter write(out);
  write.u32(static_cast<u32>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const auto dice = maker.rng();
    const auto ip = Ip::v4(127, static_cast<u8>(dice), static_cast<u8>(dice >> 8), static_cast<u8>(dice >> 16));
    codec::write_address(write, Address{ip, 1, "lean", PeerId{maker.rng.bytes<32>()}});
    write.i64(to_seconds(utc_now()));
  }
  return out;
}

/// Blocks on regtest's genesis block, each the parent of the next.
std::vector<Buffer> chain(Maker& maker, std::size_t count, std::size_t payload) {
  const auto& params = ledger::bitcoin::regtest();
  // 600 seconds apart, from the date of the genesis block.
  constexpr i64 start = 1'296'688'602;
  std::vector<Buffer> out{params.genesis_block};
  const u64 tag = maker.rng();
  for (u32 height = 1; height <= count; ++height) {
    const auto parent = crypto::sha256d(Bytes(out.back()).first(header_size));
    out.push_back(ledger::bitcoin::make_block(params, parent, height, start + 600 * i64{height}, tag, payload));
  }
  out.erase(out.begin());
  return out;
}

Buffer headers(Maker& maker, std::size_t count) {
  Buffer out;
  codec::XdrWriter write(out);
  write.u32(static_cast<u32>(count));
  for (const auto& block : chain(maker, count, 0)) write.opaque(Bytes(block).first(header_size));
  return out;
}

Buffer block(Maker& maker, std::size_t size) { return chain(maker, 1, size).front(); }

using Make = std::function<Buffer(Maker&, u64)>;
const std::map<std::string, Make>& makers() {
  static const std::map<std::string, Make> all{
      {"zero", [](Maker&, u64 n) { return Buffer(n, 0); }},
      {"random", [](Maker& maker, u64 n) { return random_bytes(maker.rng, n); }},
      {"hash", [](Maker&, u64 n) { return numbered<32>(n); }},
      {"id", [](Maker&, u64 n) { return numbered<20>(n); }},
      {"note", [](Maker& maker, u64 n) { return note(maker, n, utc_now()); }},
      {"old", [](Maker& maker, u64 n) { return note(maker, n, utc_now() - std::chrono::hours(24)); }},
      {"forged",
       [](Maker& maker, u64 n) {
         auto out = note(maker, n, utc_now());
         out.back() ^= 1;
         return out;
       }},
      {"addresses", addresses},
      {"ids",
       [](Maker& maker, u64 n) {
         Buffer out;
         codec::XdrWriter(out).u32(static_cast<u32>(n));
         append(out, random_bytes(maker.rng, n * 20));
         return out;
       }},
      {"headers", headers},
      {"block", block},
      {"bad-block",
       [](Maker& maker, u64 n) {
         auto out = block(maker, n);
         out.back() ^= 1;
         return out;
       }},
  };
  return all;
}

std::optional<Buffer> one(const std::string& word, Maker& maker) {
  const auto colon = word.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto name = word.substr(0, colon);
  const auto value = word.substr(colon + 1);
  if (name == "hex") return from_hex(value);
  Buffer out;
  if (name == "str") {
    codec::XdrWriter(out).string(value);
    return out;
  }
  if (value.empty() || value.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  const u64 number = std::stoull(value);
  if (name == "u32")
    codec::XdrWriter(out).u32(static_cast<u32>(number));
  else if (name == "u64")
    codec::XdrWriter(out).u64(number);
  else if (const auto make = makers().find(name); make != makers().end())
    out = make->second(maker, number);
  else
    return std::nullopt;
  return out;
}

}  // namespace

std::optional<Buffer> payload_of(std::span<const std::string> words, Maker& maker) {
  Buffer out;
  for (const auto& word : words) {
    const auto bytes = one(word, maker);
    if (!bytes) return std::nullopt;
    append(out, *bytes);
  }
  return out;
}

}  // namespace kith::survive
