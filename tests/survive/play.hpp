// Play: a script against a node. It does what the verbs say over real sockets and keeps the count.
#pragma once

#include <map>
#include <memory>

#include "survive/bitcoin_talk.hpp"
#include "survive/honest.hpp"
#include "survive/lean_talk.hpp"
#include "survive/script.hpp"
#include "survive/spacemesh_talk.hpp"

namespace kith::survive {

/// What an attack may cost; a script's `limit` lines change it.
struct Limits {
  /// Processor time of the node for one message, in µs, and for one byte, in ns: the larger sum counts.
  u64 cpu = 50;
  u64 byte = 25;
  /// Beside that: for one connection, and for one session, which is a handshake, a row and two lines of log, in µs.
  u64 connection = 200;
  u64 session = 1000;
  /// Growth of the node's memory while it lasts, in MiB.
  u64 heap = 32;
  /// Bytes sent for one received.
  u64 amplify = 10;
  /// Bytes of log, in KiB.
  u64 log = 256;
  /// Least rate of the honest peer, in hundredths of its own.
  u64 served = 90;
};

struct Sums {
  u64 sent = 0;
  u64 received = 0;
  u64 messages = 0;
  u64 connections = 0;
  u64 sessions = 0;
  /// Of lines that never had a session.
  u64 sent_before = 0;
  u64 received_before = 0;
};

/// Which wire an attack goes over.
enum class Way : u8 { lean, bitcoin_v1, bitcoin_v2, spacemesh };
const char* to_text(Way way);
/// The word of that wire.
const char* wire_of(Way way);

class Play {
 public:
  Play(Node& node, Honest& honest, Way way);

  /// The ways over which the script is to be played, one after the other. Throws Failed for one that is none.
  static std::vector<Way> ways(const Script& script);
  /// Whether this build has what a line `needs kernel` demands.
  static bool possible(const Script& script);
  /// What the script asks of the node before it starts, and its limits. Throws Failed for a limit that is none.
  static std::vector<std::string> options(const Script& script);
  static Limits limits(const Script& script);

  /// Throws Failed.
  void run(const Script& script) { run(script.steps, 0); }
  void cut_all();
  Sums sums() const;
  /// The ids that the attacker used.
  std::set<std::string> ids() const;

 private:
  /// Counts a line, of which the node was given `sent` bytes.
  static void add(Sums& sums, const Line& line, u64 sent);
  void run(const std::vector<Step>& steps, std::size_t turn);
  void act(Words words);
  void connect(Words words);
  std::unique_ptr<Talk> talk(u64 key);
  void send(Line& line, Words words);
  void shake(Line& line, const std::string& verb);
  void wait(Words words);
  void expect(Words words);
  void expect_of(Line& line, Words words);
  /// The lines of "3" or "1-20".
  std::vector<u64> range(const std::string& word) const;
  Line& line(u64 number);
  void pump_all();
  template <typename Done>
  void until(Done done, const std::string& what);

  Node& node_;
  Honest& honest_;
  Way way_;
  Rng rng_ = Rng::seeded(7);
  LeanAttack lean_;
  BitcoinAttack bitcoin_;
  SpacemeshAttack spacemesh_;
  std::map<u64, std::unique_ptr<Line>> lines_;
  /// Of lines whose number was used again.
  Sums past_;
  std::set<std::string> ids_;
};

}  // namespace kith::survive
