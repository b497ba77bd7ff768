// Recovery: how the engine's files are opened whatever an earlier run, a crash or a bad disk left of them.
#pragma once

#include <functional>

#include "kernel/engine.hpp"

namespace kith::kernel {

/// Something that the operator should read.
using Say = std::function<void(const std::string&)>;

/// Least free space to open files in, in bytes; the library itself stops at 50 MiB.
inline constexpr std::uintmax_t least_space = std::uintmax_t{64} << 20;
/// Openings that may end the process before the files are held to be the cause.
inline constexpr unsigned patience = 2;

/// Why nothing can be written to `directory`, which is made if need be; empty if all is well.
std::string obstacle(const std::filesystem::path& directory);

/// Opens `directory` and makes it if need be. Damaged files are rebuilt from the blocks in them, and if these are
/// damaged too, moved aside to `<directory>.damaged` (what was there before goes). A full or read-only disk is no
/// damage: this then fails and leaves all as it is. An opening that ended the process `patience` times counts as
/// failed.
std::expected<std::unique_ptr<Engine>, std::string> open_engine(const ledger::bitcoin::Params& params,
                                                                const std::filesystem::path& directory, const Say& say);

/// The next opening is to rebuild, because a block could not be read.
void want_rebuilt(const std::filesystem::path& directory);

}  // namespace kith::kernel
