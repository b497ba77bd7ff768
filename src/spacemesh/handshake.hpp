// Handshake: the record that opens a connection, from the dialler alone; nothing answers it, and whoever refuses it
// hangs up. It proves nothing: not the key that it names, nor that it is new or meant for us (see seal.hpp).
// go-spacemesh, p2p/net/handshake.go.
#pragma once

#include <string>

#include "spacemesh/seal.hpp"
#include "spacemesh/version.hpp"

namespace kith::spacemesh {

/// client version string | network id unsigned | port unsigned, as XDR
struct HandshakeData {
  std::string client_version;
  u32 network_id = 0;
  /// TCP port on which the dialler listens, and UDP port as well.
  u16 port = 0;
  bool operator==(const HandshakeData&) const = default;
};

struct FirstRecord {
  /// Whoever dials claims it.
  crypto::Key key{};
  HandshakeData data;
  bool operator==(const FirstRecord&) const = default;
};

Buffer encode(const HandshakeData& data);
/// What follows the last field is ignored. Fails with handshake_failed.
Result<HandshakeData> decode_handshake_data(Bytes plain);

/// key[32] | seal of the data
Buffer encode(const FirstRecord& first, const crypto::BoxNonce& nonce);
/// Fails with bad_record or handshake_failed.
Result<FirstRecord> decode_first_record(Bytes record);

/// Whether its sender may have a session in this network. Fails with wrong_network.
Result<> acceptable(const HandshakeData& theirs, u32 network_id, std::string_view least_version);

}  // namespace kith::spacemesh
