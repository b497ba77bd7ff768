// Devnet chain: the stages of a devnet over a real chain. One node holds all blocks but the last ones, the others know
// one bootstrap node and sync; then the last blocks are released one by one.
#pragma once

#include "app/devnet_network.hpp"

namespace kith::app {

/// Blocks that are held back and released one by one.
inline constexpr std::size_t devnet_released = 131;

/// The blocks of a file, as Bitcoin Core keeps them.
class DevnetChain {
 public:
  /// Fails with a sentence for the operator.
  static std::expected<DevnetChain, std::string> read(const std::string& file);

  std::size_t size() const { return records_.size(); }
  /// Block `height`, without the head of its record.
  Bytes block(std::size_t height) const;
  /// The records of the first `count` blocks, as they stand in the file.
  Bytes records(std::size_t count) const;

 private:
  Buffer file_;
  std::vector<Bytes> records_;
};

/// The node that holds the blocks, and the one that the others know; never the same.
inline constexpr std::size_t devnet_holder = 0;
inline constexpr std::size_t devnet_bootstrap = 1;

// Each stage is over when all nodes have done it; false if that fails, with the reason noted in `network`.
bool devnet_prepare(DevnetNetwork& network, const DevnetChain& chain);
bool devnet_start(DevnetNetwork& network);
bool devnet_sync(DevnetNetwork& network, const DevnetChain& chain);
bool devnet_release(DevnetNetwork& network, const DevnetChain& chain);
/// The figures of the whole run, of which the sync took `synced_in`. False if the nodes do not agree.
bool devnet_report(DevnetNetwork& network, const DevnetChain& chain, std::chrono::duration<double> synced_in);

}  // namespace kith::app
