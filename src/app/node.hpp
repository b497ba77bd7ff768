// Node: a whole node in one value, put together from the rooms of the house: for the program, and for embedders.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>

#include "app/mining.hpp"
#include "bitcoin/mount.hpp"
#include "core/order.hpp"
#include "crypto/keys.hpp"
#include "lean/mount.hpp"
#include "lean/port.hpp"
#include "ledger/log_judge.hpp"
#include "shell/file.hpp"
#include "shell/shell.hpp"
#include "spacemesh/application.hpp"

namespace kith::app {

inline constexpr Version node_version = version(0, 1, 0);
inline constexpr const char* node_client = "kith/0.1.0";
/// As Bitcoin's network spells it (BIP 14), between slashes.
inline constexpr const char* node_user_agent = "kith:0.1.0";

// The files of a data directory, beside those that a host names (lean-book.dat, reputation.dat).
inline constexpr const char* key_file = "key";
inline constexpr const char* blocks_file = "blocks.blk";
inline constexpr const char* cookie_file = "cookie";
inline constexpr const char* log_file = "node.log";
inline constexpr const char* config_file = "kith.toml";

/// Takes what a directory, and the log of blocks in it, hold into the chain, and judges and keeps what follows. `say`
/// may be called on any thread. Fails with a sentence for the operator.
using OpenJudge = std::function<std::expected<std::unique_ptr<ledger::Judge>, std::string>(
    const std::filesystem::path& directory, std::unique_ptr<ledger::Log> log, ledger::Chain& chain, Utc now,
    const std::function<void(const std::string&)>& say)>;

/// A chain that the node syncs, judges, keeps and serves.
struct LedgerParts {
  std::unique_ptr<const ledger::Rules> rules;
  /// Whether a body keeps the rules; runs on a worker. See ledger::LogJudge::Check for what its faults mean.
  ledger::LogJudge::Check check;
  /// First four bytes of each record of the block file, little-endian.
  u32 magic = 0;
  /// Chains with less work cost a peer's bits, not our memory. 0 on devnets.
  Work minimum_work{};
  /// The whole genesis block.
  Body genesis;
  /// Judges in place of `check`: full validation. Needs a directory.
  OpenJudge full = {};
  /// Where the chain begins, if not at genesis.
  std::optional<ledger::Anchor> anchor = std::nullopt;
};

struct NodeConfig {
  /// Where the key, the book, the blocks and so on are kept; empty keeps nothing, and the identity is new each time.
  std::filesystem::path directory;
  /// Nodes of different networks do not talk to each other.
  std::string network = "devnet";
  /// The words of the wires that are spoken.
  std::vector<std::string> wires{std::string(lean::wire_word)};
  /// Of the bitcoin wire; its magic is the ledger's. Encrypted where the other side can.
  bitcoin::Pace bitcoin_pace;
  bool v2transport = true;
  /// Where to listen, such as /ip4/127.0.0.1/tcp/7513/lean; none for a node that only dials.
  std::vector<Address> listen;
  /// Whom to ask for addresses while nobody else is known; each with the id that is expected there.
  std::vector<Endpoint> bootstrap;
  /// Of the spacemesh wire: its network, whom to ask by datagrams at first, and whether it may leave this machine.
  u32 spacemesh_network = 1;
  std::vector<spacemesh::AppProtocol> spacemesh_protocols;
  std::vector<Address> contacts;
  bool insecure_zero_key = false;
  /// Where the network of the bitcoin wire keeps addresses.
  std::vector<Endpoint> seeds;
  /// Where others reach this node, as the operator knows it, such as behind a router that forwards a port; told in
  /// place of what reachability finds out. Without ids.
  std::vector<Address> external;
  /// Through which everything is dialled; host names are resolved there.
  std::optional<shell::Proxy> proxy;
  /// Connections of our own choice, and connections of others', that we want at most.
  std::size_t outbound = 8;
  std::size_t inbound = 64;
  /// Sign every message, and take none without a signature.
  bool sign_all = false;
  /// How letters to one node find their way, and whether others may be told where this node is.
  peers::DeliveryConfig delivery;
  /// What may be gossiped; for authored kinds see lean::authored() and network_id().
  std::vector<core::Kind> kinds;
  std::optional<LedgerParts> ledger;
  /// Judges transactions against the ledger's coins, which are Bitcoin's then; `kinds` gets that of transactions.
  std::optional<SharedPoolConfig> pool;
  /// Mean times between questions to one peer, between looks at whom to dial, and between calls on the bootstrap nodes.
  lean::Pace pace;
  Duration look_every = std::chrono::seconds(1);
  Duration bootstrap_every = std::chrono::seconds(20);
  /// Hears each note at once, on any thread; see Node::notes().
  std::function<void(const std::string&)> on_note;
};

/// SHA-256 of the network's name and the id of the block with which its chain begins, if it has one: what nodes of one
/// network share.
Hash network_id(std::string_view name, const ledger::Rules* rules = nullptr,
                const std::optional<ledger::Anchor>& anchor = std::nullopt);

/// A judge that the loop may ask for a block while a worker judges another.
class SharedJudge : public ledger::Judge {
 public:
  explicit SharedJudge(std::unique_ptr<ledger::Judge> judge) : judge_(std::move(judge)) {}

  std::vector<ledger::Ruling> judge(const ledger::BlockJob& job) override;
  std::optional<Body> block(const Hash& id) override;
  Result<> flush() override;

 private:
  std::mutex mutex_;
  std::unique_ptr<ledger::Judge> judge_;
};

/// Why there is no node, for the operator to read.
struct NotOpened {
  std::string why;
  /// Another process holds the directory.
  bool locked = false;
};

/// stop(), publish(), publish_block(), connect() and send() may be called from any thread; everything else belongs to
/// the thread that calls run(), and before that to its maker.
class Node {
 public:
  /// Takes the directory, reads what earlier runs left, and binds. Nobody is dialled before run().
  static std::expected<std::unique_ptr<Node>, NotOpened> open(NodeConfig config);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  const PeerId& id() const { return id_; }
  const Hash& network() const { return network_; }
  const std::string& network_name() const { return config_.network; }
  /// Where it listens, with its id: what to give to others as bootstrap.
  const std::vector<Address>& addresses() const { return addresses_; }
  bool has_ledger() const { return config_.ledger.has_value(); }
  /// Whether a block's coins and scripts are checked too.
  bool validates_fully() const { return config_.ledger && config_.ledger->full; }
  /// What the operator should know of the opening, a line each: files moved aside, blocks found.
  const std::vector<std::string>& notes() const { return notes_; }
  /// As configured, with its id.
  std::vector<Address> external() const;

  /// Signs `payload` as an item of an authored `kind` and spreads it; one that proves itself is spread as it is, once
  /// it was judged (else an ItemRefused tells). Fails with bad_config, oversize, or as the kind's examine does.
  Result<> publish(std::string_view kind, Bytes payload);
  /// Takes a block of our own into the ledger; it spreads when it is the tip. Fails with bad_config, or as the rules'
  /// parse() does; what the chain then makes of it comes by on_error.
  Result<> publish_block(Body block);
  void connect(const Endpoint& to);
  /// Sends a letter to one node of the network, wherever it is; see core::Host::send. `then` is told, between two
  /// turns, the number under which the event Delivered follows.
  void send(const PeerId& to, std::string protocol, Buffer bytes, std::function<void(const Result<u64>&)> then);
  /// The body of an accepted block, or nothing. Waits while another block is being judged.
  std::optional<Body> block(const Hash& id) { return judge_ ? judge_->block(id) : std::nullopt; }

  /// Null for a node without a mempool.
  SharedPool* pool() { return pool_.get(); }
  Mining* mining() { return mining_ ? &*mining_ : nullptr; }

  /// Adds a listener. It is called between two turns: it may change the node by publish(), connect() and post() only.
  void on_event(std::function<void(const core::Event&)> what) { listeners_.push_back(std::move(what)); }
  /// Adds a listener for faults of this machine and of commands: what befell what.
  void on_error(std::function<void(const Error&, const std::string&)> what) { complaints_.push_back(std::move(what)); }
  /// Adds a listener for what is well again that was told by on_error.
  void on_recovered(std::function<void(const std::string&)> what) { relieved_.push_back(std::move(what)); }

  /// Until stop(), or a signal if the shell waits for one. Once.
  void run();
  void stop() { shell_->stop(); }
  shell::Shell& shell() { return *shell_; }

 private:
  Node(NodeConfig config, std::optional<shell::DirectoryLock> lock, crypto::Identity identity);

  std::expected<void, NotOpened> join_spacemesh();
  std::expected<void, NotOpened> listen();
  std::expected<void, NotOpened> start();
  std::expected<std::unique_ptr<ledger::Judge>, NotOpened> open_judge(ledger::Chain& chain, Utc now);
  void note(const std::string& text);
  void start_pool();
  core::Memory remember(const core::Turn& turn);
  /// The book that a node of the original kept; empty if there is none.
  Buffer import_book(const core::Turn& turn);
  Result<std::unique_ptr<ledger::Log>> open_log();
  Buffer recall(const std::string& name, std::size_t most, const std::function<bool(Bytes)>& is_good);
  core::HostConfig host_config() const;
  core::NeighboursConfig neighbours(const std::string& word) const;
  bool speaks(std::string_view word) const;
  std::vector<std::unique_ptr<core::Port>> ports() const;
  /// As protocols of the spacemesh wire.
  std::vector<Name> self_proving_kinds() const;
  /// The envelope of an item of our own.
  Buffer sign(const std::string& kind, Bytes payload, Utc utc) const;
  void complain(const Error& error, const std::string& what);

  NodeConfig config_;
  std::optional<shell::DirectoryLock> lock_;
  crypto::Identity identity_;
  PeerId id_;
  Hash network_;
  /// Who it says that it is on the spacemesh wire.
  crypto::Key spacemesh_key_{};
  std::vector<Address> addresses_;
  std::vector<std::string> notes_;
  /// Later notes go to on_note alone.
  bool opened_ = false;
  std::vector<std::function<void(const core::Event&)>> listeners_;
  std::vector<std::function<void(const Error&, const std::string&)>> complaints_;
  std::vector<std::function<void(const std::string&)>> relieved_;
  /// Goes before what stands above: it holds the wires, which use the identity, and the chain, which uses the rules.
  std::unique_ptr<shell::Shell> shell_;
  /// Owned by the shell; null without a ledger.
  SharedJudge* judge_ = nullptr;
  /// Their threads use what stands above.
  std::shared_ptr<SharedPool> pool_;
  std::optional<Mining> mining_;
};

/// What is checked of bodies, in a word of the option of this name; "none" without a ledger.
const char* validation_of(const Node& node);

}  // namespace kith::app
