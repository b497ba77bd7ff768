// Control: what travels on lane 0: the names of a side in its first record, goodbyes, padding. docs/protocol/lean.md
// §5.
// parity: 31 | goodbyes are said, files are written, what is being judged is finished | Shell.stopped_says_goodbye_writes_its_files_and_flushes_the_judge, Workers.when_stopped_do_the_writes_that_wait_and_drop_the_jobs, HostTest.saves_its_files_when_it_stops_and_says_goodbye
#pragma once

#include <variant>

#include "base/error.hpp"
#include "model/hello.hpp"
#include "model/message.hpp"

namespace kith::lean {

/// First record of a side. Name i of a side's messages is the i-th here.
struct Names {
  std::vector<std::string> names;
  /// The sender signs every message and demands the same (extension 2).
  bool demands_signatures = false;
  /// Where the sender's ledger stands among the changes of its rules (extension 1).
  std::optional<ForkId> fork = std::nullopt;
  /// Kinds of items that the sender takes, ascending (extension 3); at most `max_tags`.
  std::optional<std::vector<KindTag>> kinds = std::nullopt;
};
struct Goodbye {
  Fault why = Fault::goodbye;
};
struct Padding {};
using Control = std::variant<Names, Goodbye, Padding>;

/// Most extensions of a names record, and most bytes of one. Unknown odd numbers are ignored, unknown even ones refuse.
inline constexpr std::size_t max_extensions = 16;
inline constexpr std::size_t max_extension = 256;
/// Most kinds of a names record: as many as fill an extension.
inline constexpr std::size_t max_tags = max_extension / sizeof(KindTag);

Buffer encode_names(const Names& names);
Buffer encode_goodbye(Fault why);
/// Fails with malformed or bad_extension.
Result<Control> decode_control(Bytes bytes);

}  // namespace kith::lean
