// Reputation: what identities and addresses owe for their faults, which is forgotten with time, and who is banned.
#pragma once

#include <map>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"
#include "model/address.hpp"

namespace kith::peers {

/// Whom a debt falls on: a proven identity, or the `ban_subject` of an address where none was proven.
using Subject = std::variant<PeerId, Ip>;

struct ReputationConfig {
  /// Half of a score is forgotten in this time.
  Duration half_life = 30min;
  Duration ban_for = 24h;
  /// Scores kept, and bans kept. The oldest score and the ban that ends first make room.
  std::size_t most = 10'000;
};

/// Largest file that is read, in bytes.
inline constexpr std::size_t max_reputation_file = 16 * 1024 * 1024;

struct Ban {
  Subject subject;
  Utc until{};
  auto operator<=>(const Ban&) const = default;
};

class Reputation {
 public:
  explicit Reputation(ReputationConfig config);
  /// A file that cannot be read gives an empty one that says so. An empty file is none.
  static Reputation restore(ReputationConfig config, Bytes file);
  Buffer save() const;
  /// The file was there and could not be read.
  bool damaged() const { return damaged_; }

  /// Adds the weight of the fault; true if that bans now. An address of loopback owes nothing: all share it.
  bool blame(const Subject& subject, const Error& error, Utc now);
  /// Loopback cannot be banned.
  void ban(const Subject& subject, Utc until);
  /// True if there was a ban. The score is forgotten as well.
  bool unban(const Subject& subject);

  bool banned(const Subject& subject, Utc now) const;
  u32 score(const Subject& subject, Utc now) const;
  /// In order of subject.
  std::vector<Ban> bans(Utc now) const;

 private:
  struct Score {
    u32 points = 0;
    /// When the points were these; moves in whole half lives, so that asking often forgets nothing.
    Utc since{};
  };
  Score decayed(Score score, Utc now) const;
  bool read(Bytes file);

  ReputationConfig config_;
  std::map<Subject, Score> scores_;
  std::map<Subject, Utc> bans_;
  bool damaged_ = false;
};

}  // namespace kith::peers
