// Version: which client versions may talk to each other. go-spacemesh, p2p/version/version.go.
// parity: 7 | the same rule on the spacemesh wire; on lean a least version, major versions that part, and networks by name and genesis | Version.is_taken_and_refused_as_by_the_original, HandshakeData.of_another_network_or_too_old_is_not_acceptable, Handshake.two_minor_versions_talk_and_two_major_versions_part_without_a_byte_whoever_dials, Handshake.a_wrong_network_version_or_clock_meets_silence
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace kith::spacemesh {

/// Longest client version, in bytes; the original has no limit and sends 18.
inline constexpr std::size_t max_client_version = 64;

/// Whether `version`, which may stand behind a name and '/', is `least` or newer: three numbers of 8 bits with a sign,
/// the first that differs decides. Fails with wrong_network if it is no version, or `least` in another spelling.
Result<bool> at_least(std::string_view version, std::string_view least);

/// at_least() as the one rule that it is for: fails with wrong_network also on an older version.
Result<> check_version(std::string_view version, std::string_view least);

}  // namespace kith::spacemesh
