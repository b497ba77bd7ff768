// The error table. A new fault is a row here, and its reaction is decided nowhere else.
#include "base/error.hpp"

#include "base/check.hpp"

namespace kith {
namespace {

using enum Debtor;

constexpr std::array table{
    FaultRow{Fault::unreachable, "unreachable", "no connection could be made", network, 0, true},
    FaultRow{Fault::closed_silently, "closed_silently",
             "closed without an answer: wrong id, network, version, clock, full or banned", network, 0, true},
    FaultRow{Fault::cut, "cut", "the connection was cut", network, 0, true},
    FaultRow{Fault::bad_record, "bad_record", "a record did not authenticate", network, 0, true},
    FaultRow{Fault::handshake_failed, "handshake_failed", "the handshake failed", network, 0, true},
    FaultRow{Fault::timed_out, "timed_out", "no sign of life in time", network, 0, true},
    FaultRow{Fault::goodbye, "goodbye", "the peer said goodbye", network, 0, true},
    FaultRow{Fault::shutting_down, "shutting_down", "the node is stopping", us, 0, true},
    FaultRow{Fault::duplicate, "duplicate", "this peer is connected already", us, 0, true},
    FaultRow{Fault::own_self, "own_self", "that is this node itself", us, 0, true},
    FaultRow{Fault::no_slot, "no_slot", "no slot is free", us, 0, true},
    FaultRow{Fault::evicted, "evicted", "made room for another peer", us, 0, true},
    FaultRow{Fault::operator_asked, "operator_asked", "the operator asked for it", us, 0, true},
    FaultRow{Fault::too_slow, "too_slow", "the peer reads too slowly", us, 0, true},
    FaultRow{Fault::banned, "banned", "the peer is banned", us, 0, true},
    FaultRow{Fault::storage, "storage", "a file could not be read or written", us, 0, false},
    FaultRow{Fault::bad_config, "bad_config", "a setting is wrong", us, 0, false},
    FaultRow{Fault::bad_frame, "bad_frame", "a frame breaks the rules", peer, 100, true},
    FaultRow{Fault::bad_lane, "bad_lane", "a lane was used against the rules", peer, 100, true},
    FaultRow{Fault::oversize, "oversize", "a message is larger than its protocol allows", peer, 100, true},
    FaultRow{Fault::malformed, "malformed", "a message cannot be decoded", peer, 100, true},
    FaultRow{Fault::unknown_name, "unknown_name", "a protocol that was not offered", peer, 20, false},
    FaultRow{Fault::unknown_type, "unknown_type", "a message type that this version does not know", network, 0, false},
    FaultRow{Fault::never_asked, "never_asked", "an answer to a question that was never asked", peer, 100, true},
    FaultRow{Fault::bad_signature, "bad_signature", "a signature does not verify", peer, 100, true},
    FaultRow{Fault::bad_extension, "bad_extension", "a required extension that this version does not know", network, 0,
             true},
    FaultRow{Fault::flood, "flood", "more than the limit allows", peer, 10, false},
    FaultRow{Fault::bad_address, "bad_address", "an address that cannot be", peer, 20, false},
    FaultRow{Fault::bad_item, "bad_item", "an item that breaks the rules", peer, 100, true},
    FaultRow{Fault::stale_item, "stale_item", "an item outside the time window", peer, 0, false},
    FaultRow{Fault::bad_header, "bad_header", "a header that breaks the rules", peer, 100, true},
    FaultRow{Fault::unconnected, "unconnected", "a header whose parent is unknown", peer, 0, false},
    FaultRow{Fault::low_work, "low_work", "a chain with too little work", peer, 0, false},
    FaultRow{Fault::future_block, "future_block", "a block from the future", peer, 0, false},
    FaultRow{Fault::bad_block, "bad_block", "a block that breaks the rules", peer, 100, true},
    FaultRow{Fault::corrupt_block, "corrupt_block", "a body that is not the block it claims to be", peer, 100, true},
    FaultRow{Fault::stalled, "stalled", "held up the download", peer, 5, true},
    FaultRow{Fault::no_answer, "no_answer", "a question stayed without an answer", peer, 2, false},
    FaultRow{Fault::refused, "refused", "the peer refused the request", peer, 0, false},
    FaultRow{Fault::wrong_network, "wrong_network", "another network or version", network, 0, true},
    FaultRow{Fault::other_fork, "other_fork", "the peer follows other rules of the chain", network, 0, true},
    FaultRow{Fault::bad_message, "bad_message", "a message that says what its protocol forbids", peer, 100, true},
    FaultRow{Fault::unwelcome, "unwelcome", "a message that its protocol answers by parting", peer, 0, true},
    FaultRow{Fault::ambiguous, "ambiguous", "short names that fit more than one thing", network, 0, false},
    FaultRow{Fault::bad_checksum, "bad_checksum", "a message did not come as it was sent", network, 0, false},
};
static_assert(table.size() == static_cast<std::size_t>(Fault::count));
static_assert(
    [] {
      for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].fault) != i) return false;
      return true;
    }(),
    "rows stand in the order of the faults");

}  // namespace

const FaultRow& row(Fault fault) {
  check(fault < Fault::count, "a fault without a row");
  return table[static_cast<std::size_t>(fault)];
}

}  // namespace kith
