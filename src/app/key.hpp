// Key: the file that holds a node's identity, and `kith key` to make and show one.
#pragma once

#include <filesystem>
#include <functional>

#include "base/error.hpp"
#include "crypto/keys.hpp"

namespace CLI {
class App;
}

namespace kith::app {

/// The secret of a new identity, from the dice of the operating system.
crypto::Secret<32> fresh_seed();
/// Makes a new identity in a file of its own: the seed as 64 hexadecimal digits, readable by the owner only. Fails with
/// storage, also if there is such a file already.
Result<crypto::Identity> make_key(const std::filesystem::path& file);
/// Fails with storage, or with bad_config if the file holds something else.
Result<crypto::Identity> read_key(const std::filesystem::path& file);

void add_key(CLI::App& app, std::function<int()>& run);

}  // namespace kith::app
