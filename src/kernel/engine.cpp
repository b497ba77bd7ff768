// The calls, in the order in which the library wants them, and its answers in our terms.
#include "kernel/engine.hpp"

#include <algorithm>
#include <thread>

#include "base/check.hpp"
#include "kernel/handles.hpp"
#include "kernel/words.hpp"

namespace kith::kernel {
namespace {

using OwnedParameters = Owned<btck_ChainParameters, btck_chain_parameters_destroy>;
using OwnedContextOptions = Owned<btck_ContextOptions, btck_context_options_destroy>;
using OwnedManagerOptions = Owned<btck_ChainstateManagerOptions, btck_chainstate_manager_options_destroy>;

/// Threads that check scripts beside the caller's own.
constexpr unsigned most_helpers = 8;

std::string words_or(const char* otherwise) {
  auto words = last_words();
  return words.empty() ? otherwise : words;
}

Hash to_hash(const btck_BlockHash* hash) {
  Hash out;
  btck_block_hash_to_bytes(hash, out.data());
  return out;
}

/// The block that is `bytes` and nothing else; the library would pass over what follows it.
OwnedBlock read_block(Bytes bytes) {
  OwnedBlock block(btck_block_create(bytes.data(), bytes.size()));
  std::size_t size = 0;
  if (!block || btck_block_to_bytes(block.get(), count_bytes, &size) != 0 || size != bytes.size()) return nullptr;
  return block;
}

Result<> result_of(const btck_BlockValidationState& state) {
  const auto mode = btck_block_validation_state_get_validation_mode(&state);
  if (mode == btck_ValidationMode_VALID) return {};
  if (mode == btck_ValidationMode_INTERNAL_ERROR) return fail(Fault::storage, "full validation");
  switch (btck_block_validation_state_get_block_validation_result(&state)) {
    case btck_BlockValidationResult_MUTATED: return fail(Fault::corrupt_block, "not what its header commits to");
    case btck_BlockValidationResult_MISSING_PREV: return fail(Fault::unconnected, "parent");
    case btck_BlockValidationResult_TIME_FUTURE: return fail(Fault::future_block, "time");
    case btck_BlockValidationResult_INVALID_HEADER: return fail(Fault::bad_block, "header");
    case btck_BlockValidationResult_INVALID_PREV: return fail(Fault::bad_block, "on a bad block");
    case btck_BlockValidationResult_CACHED_INVALID: return fail(Fault::bad_block, "found bad before");
    default: return fail(Fault::bad_block, "full validation");
  }
}

btck_ChainType type_of(const ledger::bitcoin::Params& params) {
  if (params.magic == ledger::bitcoin::mainnet().magic) return btck_ChainType_MAINNET;
  if (params.magic == ledger::bitcoin::testnet4().magic) return btck_ChainType_TESTNET_4;
  if (params.magic == ledger::bitcoin::signet().magic) return btck_ChainType_SIGNET;
  check(params.magic == ledger::bitcoin::regtest().magic, "a network that libbitcoinkernel does not know");
  return btck_ChainType_REGTEST;
}

}  // namespace

struct Engine::Library {
  OwnedContext context;
  /// Goes first.
  OwnedManager manager;

  const btck_BlockTreeEntry* find(const Hash& id) const {
    const OwnedHash hash(btck_block_hash_create(id.data()));
    return btck_chainstate_manager_get_block_tree_entry_by_hash(manager.get(), hash.get());
  }
  const btck_Chain* chain() const { return btck_chainstate_manager_get_active_chain(manager.get()); }
};

Engine::Engine() : library_(std::make_unique<Library>()) {}

Engine::~Engine() = default;

std::expected<std::unique_ptr<Engine>, std::string> Engine::open(const ledger::bitcoin::Params& params,
                                                                 const std::filesystem::path& directory,
                                                                 Opening opening) {
  listen_to_kernel();
  static_cast<void>(last_words());
  std::unique_ptr<Engine> engine(new Engine);
  const OwnedContextOptions options(btck_context_options_create());
  const OwnedParameters parameters(btck_chain_parameters_create(type_of(params)));
  btck_context_options_set_chainparams(options.get(), parameters.get());
  btck_ValidationInterfaceCallbacks validation{};
  validation.user_data = engine.get();
  validation.block_checked = [](void* self, btck_Block* block, const btck_BlockValidationState* state) {
    const OwnedBlock owned(block);
    static_cast<Engine*>(self)->checked(*owned, *state);
  };
  btck_context_options_set_validation_interface(options.get(), validation);
  btck_NotificationInterfaceCallbacks notifications{};
  notifications.user_data = engine.get();
  notifications.flush_error = [](void* self, const char* text, std::size_t size) {
    static_cast<Engine*>(self)->broke(text, size);
  };
  notifications.fatal_error = notifications.flush_error;
  btck_context_options_set_notifications(options.get(), notifications);
  auto& [context, manager] = *engine->library_;
  context.reset(btck_context_create(options.get()));
  if (!context) return std::unexpected(words_or("libbitcoinkernel does not start"));

  const auto blocks = directory / "blocks";
  const OwnedManagerOptions wanted(btck_chainstate_manager_options_create(
      context.get(), directory.c_str(), directory.native().size(), blocks.c_str(), blocks.native().size()));
  if (!wanted) return std::unexpected(words_or("the directory cannot be used"));
  const unsigned cores = std::thread::hardware_concurrency();
  btck_chainstate_manager_options_set_worker_threads_num(
      wanted.get(), static_cast<int>(std::min(most_helpers, cores > 0 ? cores - 1 : 0)));
  const int wipe = opening == Opening::rebuilt ? 1 : 0;
  check(btck_chainstate_manager_options_set_wipe_dbs(wanted.get(), wipe, wipe) == 0, "options of libbitcoinkernel");
  manager.reset(btck_chainstate_manager_create(wanted.get()));
  if (!manager) return std::unexpected(words_or("the files cannot be opened"));
  if (opening == Opening::rebuilt && btck_chainstate_manager_import_blocks(manager.get(), nullptr, nullptr, 0) != 0)
    return std::unexpected(words_or("the block files cannot be read"));
  if (!engine->broken_.empty()) return std::unexpected(engine->broken_);
  return engine;
}

void Engine::checked(const btck_Block& block, const btck_BlockValidationState& state) {
  if (!processing_) return;
  const OwnedHash hash(btck_block_get_hash(&block));
  checked_.push_back({to_hash(hash.get()), result_of(state)});
}

void Engine::broke(const char* text, std::size_t size) {
  if (broken_.empty()) broken_.assign(text, size);
}

Outcome Engine::process(const Hash& id, Bytes bytes) {
  static_cast<void>(last_words());
  const auto block = read_block(bytes);
  if (!block) return {fail(Fault::malformed, "block"), false, {}};
  processing_ = true;
  bool taken = false;
  int fresh = 0;
  // A database that cannot be read throws through the library.
  try {
    taken = btck_chainstate_manager_process_block(library_->manager.get(), block.get(), &fresh) == 0;
  } catch (const std::exception& error) {
    broke(error.what(), std::char_traits<char>::length(error.what()));
  }
  processing_ = false;
  return outcome_of(id, taken);
}

Outcome Engine::outcome_of(const Hash& id, bool taken) {
  Outcome out;
  std::optional<Result<>> own;
  const auto* entry = library_->find(id);
  for (auto& each : checked_) {
    if (each.id == id) {
      own = each.result;
      continue;
    }
    const auto* other = library_->find(each.id);
    const bool below = entry && other &&
                       btck_block_tree_entry_get_height(other) < btck_block_tree_entry_get_height(entry) &&
                       btck_block_tree_entry_get_ancestor(entry, btck_block_tree_entry_get_height(other)) == other;
    if (!each.result && below && !own) own = fail(Fault::bad_block, "on a bad block");
    out.others.push_back(std::move(each));
  }
  checked_.clear();
  if (!broken_.empty() || (!taken && !own)) {
    out.result = fail(Fault::storage, "full validation");
  } else if (own) {
    out.result = *own;
  } else {
    out.kept = !in_chain(id);
  }
  return out;
}

bool Engine::in_chain(const Hash& id) const {
  const auto* entry = library_->find(id);
  return entry && btck_chain_contains(library_->chain(), entry) == 1;
}

std::optional<Buffer> Engine::read(const Hash& id) const {
  if (!in_chain(id)) return std::nullopt;
  const OwnedBlock block(btck_block_read(library_->manager.get(), library_->find(id)));
  Buffer out;
  if (!block || btck_block_to_bytes(block.get(), collect_bytes, &out) != 0) return std::nullopt;
  return out;
}

u32 Engine::height() const { return static_cast<u32>(std::max(0, btck_chain_get_height(library_->chain()))); }

Buffer Engine::header_at(u32 height) const {
  const auto* entry = btck_chain_get_by_height(library_->chain(), static_cast<i32>(height));
  check(entry != nullptr, "a height above the tip");
  const OwnedHeader header(btck_block_tree_entry_get_block_header(entry));
  Buffer out(80);
  check(btck_block_header_to_bytes(header.get(), out.data()) == 0, "a header of libbitcoinkernel");
  return out;
}

std::expected<void, std::string> Engine::close() {
  library_->manager.reset();
  if (!broken_.empty()) return std::unexpected(broken_);
  return {};
}

}  // namespace kith::kernel
