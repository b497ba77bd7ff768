// names: the types of messages, as they stand in a frame. Those without a decoder beside them carry no payload, a block
// or a transaction as it is, or are not spoken here.
// spec: BIP 35 | `mempool` is refused: who sends it is parted from | Names.of_questions_for_services_that_are_not_offered_are_known_as_such
// spec: BIP 37 | bloom filters are not offered; who sets one is parted from | Names.of_questions_for_services_that_are_not_offered_are_known_as_such
// spec: BIP 157 | filters of blocks are not offered; who asks for them is parted from | Names.of_questions_for_services_that_are_not_offered_are_known_as_such
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace kith::bitcoin::name {

/// Without a payload: what they carry all the same is ignored.
inline constexpr std::string_view verack = "verack";
inline constexpr std::string_view wtxidrelay = "wtxidrelay";    // BIP 339
inline constexpr std::string_view sendaddrv2 = "sendaddrv2";    // BIP 155
inline constexpr std::string_view sendheaders = "sendheaders";  // BIP 130
inline constexpr std::string_view getaddr = "getaddr";

inline constexpr std::string_view version = "version";
inline constexpr std::string_view feature = "feature";
inline constexpr std::string_view feefilter = "feefilter";
inline constexpr std::string_view addr = "addr";
inline constexpr std::string_view addrv2 = "addrv2";
inline constexpr std::string_view inv = "inv";
inline constexpr std::string_view getdata = "getdata";
inline constexpr std::string_view notfound = "notfound";
inline constexpr std::string_view getheaders = "getheaders";
inline constexpr std::string_view getblocks = "getblocks";
inline constexpr std::string_view headers = "headers";
inline constexpr std::string_view ping = "ping";
inline constexpr std::string_view pong = "pong";
inline constexpr std::string_view sendcmpct = "sendcmpct";
inline constexpr std::string_view cmpctblock = "cmpctblock";
inline constexpr std::string_view getblocktxn = "getblocktxn";
inline constexpr std::string_view blocktxn = "blocktxn";

/// One block (with witnesses) or transaction (BIP 144), as it is.
inline constexpr std::string_view block = "block";
inline constexpr std::string_view tx = "tx";

/// Questions of light clients (BIPs 35, 37 and 157) for services that this node does not offer: who asks is parted
/// from.
inline constexpr std::array<std::string_view, 7> refused{"mempool",     "filterload",   "filteradd",   "filterclear",
                                                         "getcfilters", "getcfheaders", "getcfcheckpt"};
inline bool is_refused(std::string_view type) { return std::ranges::find(refused, type) != refused.end(); }

}  // namespace kith::bitcoin::name
