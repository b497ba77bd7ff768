// version, feature and feefilter.
#include "bitcoin/messages/handshake.hpp"

#include "base/check.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"
#include "codec/compact.hpp"
#include "ledger/bitcoin/tx_rules.hpp"

namespace kith::bitcoin {
namespace {

void write_address(Writer& out, const NetAddress& address) {
  out.u64le(address.services).bytes(address.ip.bytes).u16be(address.port);
}

NetAddress read_address(Reader& in) {
  NetAddress out;
  out.services = in.u64le();
  out.ip.bytes = in.array<16>();
  out.port = in.u16be();
  return out;
}

void write_text(Buffer& out, Bytes text) {
  codec::write_compact(out, text.size());
  append(out, text);
}

/// Fails `in` if it is longer than `most`.
Bytes read_text(Reader& in, std::size_t most) {
  const u64 size = codec::read_compact(in);
  if (size > most) in.fail();
  return in.take(static_cast<std::size_t>(size));
}

}  // namespace

Buffer encode(const Version& version) {
  check(version.user_agent.size() <= max_user_agent, "a user agent that nobody takes");
  Buffer out;
  Writer write(out);
  write.u32le(static_cast<u32>(version.version)).u64le(version.services).u64le(static_cast<u64>(version.time));
  write_address(write, version.receiver);
  write_address(write, version.sender);
  write.u64le(version.nonce);
  write_text(out, as_bytes(version.user_agent));
  write.u32le(static_cast<u32>(version.height)).byte(version.relay ? 1 : 0);
  return out;
}

Result<Version> decode_version(Bytes payload) {
  Reader in(payload);
  Version out;
  out.version = static_cast<i32>(in.u32le());
  out.services = in.u64le();
  out.time = static_cast<i64>(in.u64le());
  out.receiver = read_address(in);
  if (in.left() > 0) {
    out.sender = read_address(in);
    out.nonce = in.u64le();
  }
  if (in.left() > 0) out.user_agent = as_text(read_text(in, max_user_agent));
  if (in.left() > 0) out.height = static_cast<i32>(in.u32le());
  if (in.left() > 0) out.relay = in.byte() != 0;
  if (!in.ok()) return fail(Fault::malformed, "version");
  return out;
}

Buffer encode(const Feature& feature) {
  check(feature.name.size() >= min_feature_name && feature.name.size() <= max_feature_name &&
            feature.data.size() <= max_feature_data,
        "a feature that nobody takes");
  Buffer out;
  write_text(out, as_bytes(feature.name));
  write_text(out, feature.data);
  return out;
}

Result<Feature> decode_feature(Bytes payload) {
  Reader in(payload);
  Feature out;
  out.name = as_text(read_text(in, max_feature_name));
  out.data = to_buffer(read_text(in, max_feature_data));
  if (!in.complete() || out.name.size() < min_feature_name) return fail(Fault::unwelcome, "feature");
  return out;
}

Buffer encode_feefilter(u64 fee) {
  check(fee <= ledger::bitcoin::max_money, "a fee above all coins");
  Buffer out;
  Writer(out).u64le(fee);
  return out;
}

Result<u64> decode_feefilter(Bytes payload) {
  Reader in(payload);
  const u64 fee = in.u64le();
  if (!in.ok() || fee > ledger::bitcoin::max_money) return fail(Fault::malformed, "feefilter");
  return fee;
}

}  // namespace kith::bitcoin
