// What earlier runs left in a node's directory: read, or moved aside where it is damaged.
#include "app/node.hpp"
#include "app/spacemesh_node.hpp"

namespace kith::app {

/// The content of a file that an earlier run left, or nothing; what cannot be read is moved aside, not deleted.
Buffer Node::recall(const std::string& name, std::size_t most, const std::function<bool(Bytes)>& is_good) {
  const auto path = config_.directory / name;
  std::error_code error;
  if (config_.directory.empty() || !std::filesystem::exists(path, error)) return {};
  auto bytes = shell::read_file(path, most);
  // No earlier run leaves an empty file.
  if (bytes && !bytes->empty() && is_good(*bytes)) return std::move(*bytes);
  const auto what = !bytes ? std::string("cannot be read (") + bytes.error().what + ")" : "is damaged";
  const auto aside = shell::set_aside(path);
  note(path.string() + " " + what + ": " +
       (aside ? "moved to " + aside->string() + ", a new one is begun"
              : std::string("and cannot be moved aside (") + aside.error().what + ")"));
  return {};
}

Result<std::unique_ptr<ledger::Log>> Node::open_log() {
  if (config_.directory.empty()) return std::make_unique<ledger::MemoryLog>();
  const auto path = config_.directory / blocks_file;
  std::error_code error;
  // Full validation empties it; without, it is what the node has.
  const bool is_all = !config_.ledger->full;
  if (is_all && std::filesystem::exists(path, error) && std::filesystem::file_size(path, error) == 0 && !error)
    note(path.string() + " is empty: blocks are fetched from the first on");
  auto file = shell::FileLog::open(path);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<shell::FileLog>(std::move(*file));
}

core::Memory Node::remember(const core::Turn& turn) {
  core::Memory out;
  for (const auto& word : config_.wires) {
    out.books.push_back(recall(core::book_file(word), peers::max_book_file,
                               [](Bytes bytes) { return peers::PeerBook::restore(bytes).has_value(); }));
    if (word == spacemesh::wire_word && out.books.back().empty()) out.books.back() = import_book(turn);
  }
  out.reputation = recall(core::reputation_file, peers::max_reputation_file,
                          [](Bytes bytes) { return !peers::Reputation::restore({}, bytes).damaged(); });
  return out;
}

Buffer Node::import_book(const core::Turn& turn) {
  const auto read = [](Bytes bytes) { return read_peers_json(as_text(bytes)); };
  const auto bytes =
      recall(spacemesh_peers_file, max_spacemesh_peers_file, [&](Bytes content) { return read(content).has_value(); });
  if (bytes.empty()) return {};
  const auto book = read(bytes);
  note(std::string("took the addresses of ") + spacemesh_peers_file);
  return to_book(*book, turn.utc, turn.rng);
}

}  // namespace kith::app
