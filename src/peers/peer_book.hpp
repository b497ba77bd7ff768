// PeerBook: the addresses of one wire of one network that we heard of, kept so that no source and no group of addresses
// can crowd out the others.
// parity: 23 | the same tables, with a share for each source, tests before eviction, and a file that is replaced whole and never thrown away; the original's peers.json is read and written | PeerBook.gives_a_source_group_no_more_than_its_buckets_of_the_new_table, TestBeforeEvict.an_entry_that_answers_keeps_its_slot, PeerBookFile.a_saved_book_is_the_same_book_again, Buckets.are_those_of_the_original, SpacemeshPeers.of_the_original_are_read_and_written_in_the_same_bytes
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <tuple>

#include "base/error.hpp"
#include "base/time.hpp"
#include "model/item.hpp"
#include "peers/table.hpp"

namespace kith::peers {

/// Source groups that one new entry is remembered to come from, each with a slot of its own.
inline constexpr std::size_t max_sources = 8;
/// Newcomers that wait for a test of the entry whose tried slot they would take.
inline constexpr std::size_t max_waiting = 10;
/// No source group has more than this part of the tried table, once that holds more than `free_share` entries.
inline constexpr std::size_t tried_share = 8;
inline constexpr std::size_t free_share = 64;
/// Kinds of items that an entry is remembered to take; those that concern us come first.
inline constexpr std::size_t max_entry_kinds = 16;
/// Addresses that are given of one identity.
inline constexpr std::size_t max_of_one_id = 2;
/// Failures are counted up to here.
inline constexpr u32 max_failures = 1000;
/// Largest file, in bytes; a full book stays below.
inline constexpr std::size_t max_book_file = 32 * 1024 * 1024;

/// Entries of an answer: this part of the book, but not fewer than the least nor more than the most.
inline constexpr std::size_t answer_percent = 23;
inline constexpr std::size_t answer_least = 8;
inline constexpr std::size_t answer_most = 1000;
/// All who ask from one group get the same answer for so long, unless the book doubles: asking often does not copy it.
inline constexpr Duration answer_lasts = 24h;
/// Groups whose answers are remembered.
inline constexpr std::size_t max_answers = 64;
/// What dates are rounded down to in answers, so that they do not tell who is connected to whom.
inline constexpr Duration answer_grain = 10min;

/// A date that never was is Utc{}.
struct Entry {
  Address address{};
  /// Who told us first, of those whom the book still remembers.
  Ip source{};
  Utc first_seen{};
  Utc last_seen{};
  Utc last_try{};
  Utc last_good{};
  /// Dials that failed since the last good one.
  u32 failures = 0;
  /// We had a session with it.
  bool tried = false;
  /// Kinds of items that it said it takes, or that others said of it; ascending.
  std::vector<KindTag> kinds{};
  auto operator<=>(const Entry&) const = default;

  bool takes(KindTag kind) const { return std::binary_search(kinds.begin(), kinds.end(), kind); }
};

/// Not worth passing on, and the first to go: unheard of for 30 days, three failures and never good, or ten failures in
/// a week without a good one. Bitcoin Core, addrman.cpp, IsTerrible.
bool is_stale(const Entry& entry, Utc now);

class PeerBook {
 public:
  /// An empty book with a salt of its own.
  explicit PeerBook(Rng& rng) : salt_(rng.bytes<16>()) {}
  /// Fault::storage if the file is too large or its checksum is wrong, Fault::malformed if its content cannot be.
  static Result<PeerBook> restore(Bytes file);
  Buffer save() const;

  /// `source` says that it saw `address`. True if the book did not have it. Refused are addresses that cannot be, such
  /// of less reach than the source's own (who is far away knows nothing of our loopback), and those whose slot is held.
  bool learn(const Address& address, const Ip& source, Utc seen, Utc now);
  /// A dial begins.
  void tried(const Address& address, Utc now);
  /// A session opened, or ends that lasted: an address that nobody told us of is its own source. The only way in which
  /// the id of an entry changes.
  void good(const Address& address, Utc now);
  /// It said which kinds of items it takes: the first max_entry_kinds of these are remembered, and no others.
  void takes(const Address& address, std::span<const KindTag> kinds);
  /// Somebody says that it takes items of `kind`. What it said itself stands.
  void told(const Address& address, KindTag kind);
  /// The dial came to nothing.
  void failed(const Address& address, Utc now);
  /// An entry to be dialled, because one that is good waits for its slot.
  std::optional<Address> to_test() const;
  /// Forgets all that only `source` told us, and what was tried because of it.
  void forget_source(const Ip& source);

  /// Whom to dial next, new or tried with equal chance. Nothing means that no entry fits.
  std::optional<Address> choose(Rng& rng, bool only_new, Utc now, const std::function<bool(const Entry&)>& fits) const;
  /// What to tell someone at `asker`: addresses with the date, rounded, at which each was last seen; no other field.
  std::vector<Entry> answer(Rng& rng, Utc now, const Ip& asker);
  /// The same, of those only that take items of `kind`.
  std::vector<Entry> answer(Rng& rng, Utc now, const Ip& asker, KindTag kind);

  std::optional<Entry> find(const Address& address) const;
  /// Where `id` is expected, the latest good one first; at most `max_of_one_id`. Looks at the whole book.
  std::vector<Address> with_id(const PeerId& id) const;
  std::vector<Entry> entries() const;
  std::size_t size() const { return rows_.size(); }
  std::size_t tried_size() const { return tried_.size(); }

 private:
  struct Row {
    Entry entry;
    /// Of distinct groups, each with its slot in the new table; one if the entry is tried. The first is `entry.source`.
    std::vector<Ip> sources;
  };
  struct Waiting {
    Place newcomer;
    Utc since;
  };
  struct Answer {
    Utc since;
    std::size_t book_size = 0;
    std::vector<Place> places;
  };
  using Rows = std::map<Place, Row>;
  /// By reach and group of the asker, and the kind that it asked for.
  using Answers = std::map<std::tuple<int, Group, std::optional<KindTag>>, Answer>;

  PeerBook() = default;
  Row* row(const Place& place);
  bool add_source(Row& row, const Ip& source, Utc now);
  void drop_source(Rows::iterator at, std::size_t source);
  void clear_new_slot(u32 slot);
  void clear_tables(const Row& row);
  void erase(Rows::iterator at);
  void promote(const Place& place, Utc now);
  void move_to_tried(const Place& place);
  void move_to_new(const Place& place);
  void settle(Utc now);
  bool restore_row(Row row);
  std::vector<Entry> answer(Rng& rng, Utc now, const Ip& asker, std::optional<KindTag> kind, Answers& answers) const;
  std::vector<Place> fit_to_tell(Utc now, int reach, std::optional<KindTag> kind) const;

  Salt salt_{};
  Rows rows_;
  Table new_;
  Table tried_;
  std::vector<Waiting> waiting_;
  /// Apart, so that nobody flushes the one by asking for many of the other.
  Answers answers_;
  Answers kind_answers_;
};

}  // namespace kith::peers
