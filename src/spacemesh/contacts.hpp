// Contacts: what a node says by datagrams to those who ask who is there, and to those whom it asks. Nobody is believed
// to be where a datagram says that it comes from until it has answered one that was sent there.
// parity: 21 | the same, of 16 addresses in ten seconds at most, to who has proven to be there; on lean over the session, 23 % or 8 | ContactsTest.who_asks_hears_of_the_asked_and_of_whom_it_knows_and_is_heard_of, ContactsTest.who_is_not_where_he_says_is_not_heard_of_and_told_nothing, PeerBook.answers_with_part_of_itself_and_nothing_but_addresses_and_rounded_dates
#pragma once

#include <map>

#include "base/fifo.hpp"
#include "base/recent.hpp"
#include "base/token_bucket.hpp"
#include "core/port.hpp"
#include "spacemesh/datagram.hpp"
#include "spacemesh/discovery.hpp"
#include "spacemesh/profile.hpp"

namespace kith::spacemesh {

/// How long an answer is waited for; go-spacemesh, p2p/discovery, MessageTimeout.
inline constexpr Duration contact_patience = std::chrono::seconds(5);
/// Questions of ours that wait for their answers, and hosts that are taken to be where they are, and for how long.
inline constexpr std::size_t max_contact_questions = 256;
inline constexpr std::size_t max_proven = 2048;
inline constexpr Duration proven_for = std::chrono::hours(24);
/// A host that pings is pinged back so often at most, and told addresses.
inline constexpr Duration prove_again = std::chrono::seconds(10);
inline constexpr Duration tell_again = std::chrono::seconds(10);
/// Pings back in a second, over all hosts.
inline constexpr u64 proofs_per_second = 50;
/// Most addresses in one answer of ours, so that it fits a packet of the network. The original tells 300 in many.
inline constexpr std::size_t max_told = 16;

class Contacts {
 public:
  struct Self {
    crypto::Key key{};
    u32 network_id = 0;
    Profile profile;
  };
  explicit Contacts(const Self& self) : self_(self), proofs_(proofs_per_second, proofs_per_second, Time{}) {}

  /// `port` is ours, for connections and for datagrams.
  void receive(core::Turn& turn, const Address& from, Bytes bytes, u16 port);
  /// Pings `of` and asks it, once it answered, whom it knows.
  void inquire(core::Turn& turn, const Address& of, u16 port);
  void tell(core::Turn& turn, u64 question, std::span<const core::TimedAddress> addresses);
  void on_tick(Time now);
  Time next() const;
  std::optional<core::PortReport> take();

 private:
  /// What we asked, of whom, and until when.
  struct Question {
    Address of;
    u32 type = type_ping;
    /// Who must be there; whoever answers, if it is not known.
    std::optional<crypto::Key> key;
    /// Whom it knows is asked next.
    bool inquiry = false;
    Time deadline{};
  };
  /// What somebody asked us, whom the host is asked about.
  struct Asked {
    Address by;
    u64 id = 0;
  };

  void on_request(core::Turn& turn, const Address& from, const Datagram& datagram, u16 port);
  void on_ping(core::Turn& turn, const Address& from, const Datagram& datagram, u16 port);
  void on_answer(core::Turn& turn, const Address& from, const Datagram& datagram);
  void ask(core::Turn& turn, Question question, u16 port);
  void send(core::Turn& turn, const Address& to, Call call, Buffer payload);
  void heard(core::Turn& turn, const Address& from, std::span<const NodeInfo> nodes);

  Self self_;
  u64 next_id_ = 1;
  std::map<u64, Question> questions_;
  u64 next_asked_ = 1;
  std::map<u64, Asked> asked_;
  /// Hosts that answered where they say that they are.
  Recent<Ip> proven_{max_proven, proven_for};
  Recent<Ip> proving_{max_proven, prove_again};
  Recent<Ip> told_{max_proven, tell_again};
  TokenBucket proofs_;
  Fifo<core::PortReport> reports_;
};

}  // namespace kith::spacemesh
