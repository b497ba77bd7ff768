// What a node needs to talk to nodes of the original: who it says that it is there, and how it is kept from doing so
// where anybody listens.
#pragma once

#include <filesystem>

#include "app/spacemesh_files.hpp"
#include "core/neighbours.hpp"
#include "crypto/keys.hpp"
#include "spacemesh/port.hpp"

namespace kith::app {

/// The identity on this wire, as the original keeps it (id.json).
inline constexpr const char* spacemesh_key_file = "spacemesh-id.json";

/// An address book that a node of the original kept (peers.json), to begin with.
inline constexpr const char* spacemesh_peers_file = "spacemesh-peers.json";

/// Why the wire stays on this machine unless it is told otherwise.
inline constexpr const char* zero_key_warning =
    "the spacemesh wire encrypts with a key of 32 zero bytes that everybody knows, so anybody reads and forges all "
    "that "
    "it says: it stays on loopback, or give --insecure-zero-key yes";

/// The public key in `directory`; one is drawn where there is none, or nowhere to keep it. Fails with storage or
/// bad_config.
Result<crypto::Key> spacemesh_key(const std::filesystem::path& directory);

/// The same addresses in a book of our own, as it is saved.
Buffer to_book(const SpacemeshBook& book, Utc now, Rng& rng);

/// Whether all of these are on this machine, as far as they are of this wire.
bool stays_here(std::span<const Address> listen, std::span<const Endpoint> bootstrap);

/// What is particular to this wire; `contacts` are where to ask by datagrams at first.
void for_spacemesh(core::NeighboursConfig& config, const crypto::Key& key, std::vector<Address> contacts,
                   bool insecure_zero_key);

}  // namespace kith::app
