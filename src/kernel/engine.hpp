// Engine: the chain state that libbitcoinkernel keeps on disk, as calls with errors: blocks go in, what became of them
// and of those before them comes out. One thread at a time; one engine in a process (33 MB and 8 threads each).
#pragma once

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "ledger/bitcoin/params.hpp"

struct btck_Block;
struct btck_BlockValidationState;

namespace kith::kernel {

/// Whether the files are taken as they are, or all but the blocks themselves are made anew from these.
enum class Opening : u8 { as_it_is, rebuilt };

/// The last word on a block: all of its rules, coins and scripts were checked.
struct Checked {
  Hash id{};
  Result<> result;
};

/// What became of a block.
struct Outcome {
  /// Fails with corrupt_block or malformed (this copy), bad_block (for ever), future_block, unconnected (its parent is
  /// unknown), or storage.
  Result<> result;
  /// It is kept, but not the best chain's, and what it spends was not looked at yet.
  bool kept = false;
  /// Earlier blocks that were checked now, as this one made their chain the best.
  std::vector<Checked> others;
};

class Engine {
 public:
  /// For every network but simnet(). Takes `directory`, which must exist. Fails with the library's words.
  static std::expected<std::unique_ptr<Engine>, std::string> open(const ledger::bitcoin::Params& params,
                                                                  const std::filesystem::path& directory,
                                                                  Opening opening);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Outcome process(const Hash& id, Bytes block);
  /// Whether the block is on the best chain.
  bool in_chain(const Hash& id) const;
  /// The bytes of a block of the best chain; nothing if it is none, or if its file is damaged.
  std::optional<Buffer> read(const Hash& id) const;
  u32 height() const;
  /// The header of the best chain's block at `height`, which must not be above height().
  Buffer header_at(u32 height) const;

  /// Writes everything to the disk, and ends this engine's use. Fails with what went wrong.
  std::expected<void, std::string> close();
  /// What went wrong with the disk; empty as long as all is well. A broken engine is to be opened again.
  const std::string& broken() const { return broken_; }

 private:
  struct Library;

  Engine();
  void checked(const btck_Block& block, const btck_BlockValidationState& state);
  void broke(const char* text, std::size_t size);
  Outcome outcome_of(const Hash& id, bool taken);

  std::string broken_;
  /// Whether a block is under way, and what was checked for it. What an opening checks has been accepted before.
  bool processing_ = false;
  std::vector<Checked> checked_;
  std::unique_ptr<Library> library_;
};

}  // namespace kith::kernel
