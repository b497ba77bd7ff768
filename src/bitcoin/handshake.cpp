// The order in which Bitcoin Core speaks: net_processing.cpp, ProcessMessage, version to verack.
#include "bitcoin/handshake.hpp"

#include "bitcoin/messages/names.hpp"

namespace kith::bitcoin {
namespace {

NetMessage plain(std::string_view type) { return {std::string(type), {}}; }

}  // namespace

NetMessage Handshake::begin() const { return {std::string(name::version), Body(encode(ours_))}; }

bool Handshake::is_late(std::string_view type) {
  return type == name::wtxidrelay || type == name::sendaddrv2 || type == name::feature;
}

Result<bool> Handshake::take(const NetMessage& message, std::vector<NetMessage>& out) {
  const auto& type = message.type;
  if (type == name::version) {
    const auto taken = take_version(message, out);
    if (!taken) return std::unexpected(taken.error());
    return false;
  }
  if (!theirs_) return false;
  if (type == name::verack) return true;
  if (type == name::wtxidrelay) theirs_->wtxidrelay = theirs_->common() >= since_wtxidrelay;
  if (type == name::sendaddrv2) theirs_->sendaddrv2 = true;
  if (type != name::feature) return false;
  if (theirs_->common() < since_feature) return fail(Fault::unwelcome, "feature");
  if (const auto feature = decode_feature(message.payload.bytes()); !feature) return std::unexpected(feature.error());
  return false;
}

Result<> Handshake::take_version(const NetMessage& message, std::vector<NetMessage>& out) {
  if (theirs_) return {};
  auto version = decode_version(message.payload.bytes());
  // A payload that cannot be read costs the message alone.
  if (!version) return {};
  if (version->version < min_protocol_version) return fail(Fault::wrong_network, "a version from before 2011");
  if (dialled_ && (version->services & demands_) != demands_) return fail(Fault::wrong_network, "services");
  theirs_ = Greeting{std::move(*version), message.payload};
  if (!dialled_) out.push_back(begin());
  if (theirs_->common() >= since_wtxidrelay) out.push_back(plain(name::wtxidrelay));
  if (theirs_->common() >= since_sendaddrv2) out.push_back(plain(name::sendaddrv2));
  out.push_back(plain(name::verack));
  return {};
}

}  // namespace kith::bitcoin
