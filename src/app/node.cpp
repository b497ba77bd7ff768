// Putting a node together: files first, then the listeners, then the host and its world.
#include "app/node.hpp"

#include <unistd.h>

#include "app/address_text.hpp"
#include "app/key.hpp"
#include "app/spacemesh_node.hpp"
#include "app/transactions.hpp"
#include "base/writer.hpp"
#include "bitcoin/messages/handshake.hpp"
#include "bitcoin/port.hpp"
#include "codec/multiaddr.hpp"
#include "crypto/hash.hpp"
#include "lean/envelope.hpp"
#include "lean/port.hpp"
#include "lean/sealed.hpp"
#include "spacemesh/mount.hpp"

namespace kith::app {
namespace {

std::unexpected<NotOpened> not_opened(const std::string& what, const Error& error) {
  return std::unexpected(NotOpened{what + ": " + std::string(to_text(error.fault)) + " (" + error.what + ")"});
}

/// A lock that could be had but for somebody who holds it; where it cannot be written, nobody needs to hold it.
bool is_held(const std::filesystem::path& directory) { return ::access((directory / "lock").c_str(), W_OK) == 0; }

std::expected<crypto::Identity, NotOpened> identity_in(const std::filesystem::path& directory) {
  if (directory.empty()) return crypto::Identity(fresh_seed().bytes);
  const auto file = directory / key_file;
  std::error_code error;
  auto identity = std::filesystem::exists(file, error) ? read_key(file) : make_key(file);
  if (!identity) return not_opened(file.string(), identity.error());
  return std::move(*identity);
}

}  // namespace

Hash network_id(std::string_view name, const ledger::Rules* rules, const std::optional<ledger::Anchor>& anchor) {
  if (anchor) return crypto::sha256({as_bytes(name), Bytes(anchor->id)});
  const auto genesis = rules ? rules->parse(rules->genesis_header()) : Result<ledger::Parsed>{};
  return crypto::sha256({as_bytes(name), rules && genesis ? Bytes(genesis->id) : Bytes{}});
}

const char* validation_of(const Node& node) {
  return !node.has_ledger() ? "none" : node.validates_fully() ? "full" : "headers";
}

Node::Node(NodeConfig config, std::optional<shell::DirectoryLock> lock, crypto::Identity identity)
    : config_(std::move(config)),
      lock_(std::move(lock)),
      identity_(std::move(identity)),
      id_{identity_.public_key()},
      network_(config_.ledger ? network_id(config_.network, config_.ledger->rules.get(), config_.ledger->anchor)
                              : network_id(config_.network)) {}

std::expected<std::unique_ptr<Node>, NotOpened> Node::open(NodeConfig config) {
  std::optional<shell::DirectoryLock> lock;
  if (!config.directory.empty()) {
    auto taken = shell::DirectoryLock::take(config.directory);
    if (!taken) {
      if (!is_held(config.directory))
        return std::unexpected(NotOpened{config.directory.string() + " cannot be written: " + taken.error().what +
                                         "; make it writable for this user, or choose another directory"});
      return std::unexpected(NotOpened{
          config.directory.string() + " is in use by another process: stop that one, or " + "choose another directory",
          true});
    }
    lock = std::move(*taken);
  }
  auto identity = identity_in(config.directory);
  if (!identity) return std::unexpected(identity.error());
  std::unique_ptr<Node> node(new Node(std::move(config), std::move(lock), std::move(*identity)));
  if (auto done = node->join_spacemesh(); !done) return std::unexpected(done.error());
  if (auto done = node->listen(); !done) return std::unexpected(done.error());
  if (auto done = node->start(); !done) return std::unexpected(done.error());
  return node;
}

std::expected<void, NotOpened> Node::join_spacemesh() {
  if (!speaks(spacemesh::wire_word)) return {};
  if (!config_.insecure_zero_key && !stays_here(config_.listen, config_.bootstrap))
    return std::unexpected(NotOpened{zero_key_warning});
  const auto key = spacemesh_key(config_.directory);
  if (!key) return not_opened((config_.directory / spacemesh_key_file).string(), key.error());
  spacemesh_key_ = *key;
  return {};
}

std::expected<void, NotOpened> Node::listen() {
  shell::ShellConfig config{.directory = config_.directory, .listen = {}, .proxy = config_.proxy};
  for (const auto& at : config_.listen)
    config.listen.push_back({at.wire, at.ip, at.port, at.wire == spacemesh::wire_word});
  shell_ = std::make_unique<shell::Shell>(std::move(config));
  shell_->on_event([this](const core::Event& event) {
    if (pool_) pool_->hear(event, *shell_->world().host().chain());
    for (const auto& listener : listeners_) listener(event);
  });
  shell_->on_error([this](const Error& error, const std::string& what) { complain(error, what); });
  shell_->on_recovered([this](const std::string& what) {
    for (const auto& listener : relieved_) listener(what);
  });
  for (const auto& at : config_.listen)
    if (!speaks(at.wire)) return std::unexpected(NotOpened{show(at) + ": a wire that is not spoken here"});
  auto bound = shell_->listen();
  if (!bound) return std::unexpected(NotOpened{bound.error().what});
  addresses_ = std::move(*bound);
  for (auto& address : addresses_) {
    if (address.wire == lean::wire_word) address.id = id_;
    if (address.wire == spacemesh::wire_word) address.id = PeerId{spacemesh_key_};
  }
  return {};
}

std::vector<Address> Node::external() const {
  auto out = config_.external;
  for (auto& address : out)
    if (address.wire == lean::wire_word) address.id = id_;
  return out;
}

bool Node::speaks(std::string_view word) const { return std::ranges::find(config_.wires, word) != config_.wires.end(); }

core::NeighboursConfig Node::neighbours(const std::string& word) const {
  core::NeighboursConfig out;
  out.word = word;
  out.has_ids = word == lean::wire_word;
  // Bitcoin Core, net_processing.cpp: no transaction is punished, since versions differ in what they take.
  out.blames_items = word != bitcoin::wire_word;
  const auto listening = std::ranges::find(addresses_, word, &Address::wire);
  out.port = listening == addresses_.end() ? u16{0} : listening->port;
  for (const auto& endpoint : config_.bootstrap)
    if (endpoint.address.wire == word) out.bootstrap.push_back(endpoint);
  for (const auto& seed : config_.seeds)
    if (seed.address.wire == word) out.seeds.push_back(seed);
  for (const auto& address : config_.external)
    if (address.wire == word) out.external.push_back(address);
  out.dials_names = config_.proxy.has_value();
  out.dialing.outbound = config_.outbound;
  out.limits.inbound = config_.inbound;
  out.look_every = config_.look_every;
  out.bootstrap_every = config_.bootstrap_every;
  if (word == spacemesh::wire_word) for_spacemesh(out, spacemesh_key_, config_.contacts, config_.insecure_zero_key);
  return out;
}

std::vector<std::unique_ptr<core::Port>> Node::ports() const {
  std::vector<std::unique_ptr<core::Port>> out;
  if (speaks(lean::wire_word)) out.push_back(std::make_unique<lean::Port>(identity_, config_.sign_all));
  if (speaks(spacemesh::wire_word)) {
    spacemesh::PortConfig config{.key = spacemesh_key_, .network_id = config_.spacemesh_network, .kinds = {}};
    for (const auto& kind : self_proving_kinds()) config.kinds.push_back(gossip::tag_of(kind.text));
    std::ranges::sort(config.kinds);
    out.push_back(std::make_unique<spacemesh::Port>(config));
  }
  if (!speaks(bitcoin::wire_word)) return out;
  bitcoin::PortConfig config{.user_agent = std::string("/") + node_user_agent + "/"};
  Buffer magic;
  Writer(magic).u32le(config_.ledger->magic);
  config.magic = take_array<4>(magic);
  config.encrypted = config_.v2transport;
  config.services = bitcoin::service::network | bitcoin::service::witness;
  if (config.encrypted) config.services |= bitcoin::service::encrypted;
  config.relay = std::ranges::find(config_.kinds, bitcoin::tx_kind, &core::Kind::text) != config_.kinds.end();
  out.push_back(std::make_unique<bitcoin::Port>(std::move(config)));
  return out;
}

std::vector<Name> Node::self_proving_kinds() const {
  std::vector<Name> out;
  for (const auto& kind : config_.kinds)
    if (kind.proves_itself) out.push_back(spacemesh::spoken(kind.text, kind.priority));
  return out;
}

core::HostConfig Node::host_config() const {
  core::HostConfig out;
  out.self.id = id_;
  out.self.network = network_;
  out.self.version = node_version;
  out.self.client = node_client;
  out.least_version = version(0, 1, 0);
  out.neighbours.clear();
  for (const auto& word : config_.wires) out.neighbours.push_back(neighbours(word));
  out.delivery = config_.delivery;
  return out;
}

void Node::note(const std::string& text) {
  if (!opened_) notes_.push_back(text);
  if (config_.on_note) config_.on_note(text);
}

std::expected<std::unique_ptr<ledger::Judge>, NotOpened> Node::open_judge(ledger::Chain& chain, Utc now) {
  const auto& parts = *config_.ledger;
  auto log = open_log();
  if (!log) return not_opened((config_.directory / blocks_file).string(), log.error());
  if (parts.full) {
    auto judge =
        parts.full(config_.directory, std::move(*log), chain, now, [this](const std::string& text) { note(text); });
    if (!judge) return std::unexpected(NotOpened{judge.error()});
    return std::move(*judge);
  }
  auto judge =
      std::make_unique<ledger::LogJudge>(*parts.rules, std::move(*log), parts.magic, parts.check, parts.genesis);
  const auto restored = judge->restore(chain, now);
  if (!restored) return not_opened(blocks_file, restored.error());
  if (restored->blocks > 0) note("found " + std::to_string(restored->blocks) + " blocks in " + blocks_file);
  if (restored->skipped > 0) note("passed over " + std::to_string(restored->skipped) + " bad blocks in " + blocks_file);
  if (restored->cut_bytes > 0)
    note("cut " + std::to_string(restored->cut_bytes) + " torn bytes off the end of " + blocks_file +
         "; what they held is fetched again");
  return judge;
}

Node::~Node() {
  mining_.reset();
  if (pool_) pool_->stop();
}

void Node::run() {
  shell_->run();
  mining_.reset();
  if (pool_) pool_->stop();
}

void Node::start_pool() {
  pool_->start(*shell_->world().host().chain(),
               {.read = [this](const Hash& id) { return judge_->block(id); },
                .offer =
                    [this](const Body& tx) {
                      if (const auto done = publish(transactions_kind, tx.bytes()); !done)
                        note(std::string("a transaction that waited is not spread: ") + done.error().what);
                    },
                .say = [this](const std::string& text) { note(text); }});
  mining_.emplace(*pool_, *config_.pool->pool.params, [this](const Body& block) {
    if (const auto done = publish_block(block); !done)
      note(std::string("a block that was made here is refused: ") + done.error().what);
  });
}

std::expected<void, NotOpened> Node::start() {
  const auto turn = shell_->turn();
  if (config_.pool) {
    pool_ = std::make_shared<SharedPool>(*config_.pool);
    config_.kinds.push_back(pooled_transactions(pool_));
  }
  std::unique_ptr<ledger::Chain> chain;
  std::unique_ptr<SharedJudge> shared;
  if (auto& parts = config_.ledger) {
    const ledger::ChainConfig config{
        .minimum_work = parts->minimum_work, .secret = turn.rng.bytes<16>(), .anchor = parts->anchor};
    chain = std::make_unique<ledger::Chain>(*parts->rules, config);
    auto judge = open_judge(*chain, turn.utc);
    if (!judge) return std::unexpected(judge.error());
    shared = std::make_unique<SharedJudge>(std::move(*judge));
    judge_ = shared.get();
  }
  auto kinds = config_.kinds;
  std::vector<std::unique_ptr<core::Protocol>> protocols;
  if (speaks(lean::wire_word)) {
    kinds.push_back(lean::sealed_kind(identity_, network_));
    const lean::MailParts mail{&identity_, network_, config_.delivery.findable};
    protocols = lean::protocols(config_.pace, config_.ledger.has_value(), mail);
  }
  if (speaks(bitcoin::wire_word))
    std::ranges::move(bitcoin::protocols(config_.bitcoin_pace, pool_ ? view_of(*pool_) : bitcoin::PoolView{}),
                      std::back_inserter(protocols));
  if (speaks(spacemesh::wire_word))
    std::ranges::move(spacemesh::protocols(self_proving_kinds(), config_.spacemesh_protocols),
                      std::back_inserter(protocols));
  auto host = std::make_unique<core::Host>(host_config(), std::move(chain), std::move(kinds), std::move(protocols),
                                           remember(turn), turn.rng);
  opened_ = true;
  shell_->start(std::make_unique<core::World>(std::move(host), ports()), std::move(shared));
  if (pool_) start_pool();
  return {};
}

std::vector<ledger::Ruling> SharedJudge::judge(const ledger::BlockJob& job) {
  const std::lock_guard lock(mutex_);
  return judge_->judge(job);
}

std::optional<Body> SharedJudge::block(const Hash& id) {
  const std::lock_guard lock(mutex_);
  return judge_->block(id);
}

Result<> SharedJudge::flush() {
  const std::lock_guard lock(mutex_);
  return judge_->flush();
}

void Node::complain(const Error& error, const std::string& what) {
  for (const auto& listener : complaints_) listener(error, what);
}

Buffer Node::sign(const std::string& kind, Bytes payload, Utc utc) const {
  lean::Envelope envelope;
  envelope.version = node_version;
  envelope.time = utc;
  envelope.protocol = kind;
  envelope.payload = to_buffer(payload);
  lean::sign_envelope(envelope, identity_, network_);
  return lean::encode_envelope(envelope);
}

Result<> Node::publish(std::string_view kind, Bytes payload) {
  const auto at = std::find_if(config_.kinds.begin(), config_.kinds.end(),
                               [&](const core::Kind& each) { return each.text == kind; });
  if (at == config_.kinds.end()) return fail(Fault::bad_config, "no such kind");
  const auto utc = shell_->turn().utc;
  const Body body(at->proves_itself ? to_buffer(payload) : sign(at->text, payload, utc));
  if (body.size() > at->largest) return fail(Fault::oversize, "item");
  if (const auto good = at->examine(body.bytes(), utc); !good) return std::unexpected(good.error());
  const auto index = static_cast<u16>(at - config_.kinds.begin());
  shell_->post([this, index, body](core::World& world, const core::Turn& now) {
    const auto done =
        world.command(now, [&](core::Host& host, core::Turn& turn) { return host.publish_item(turn, index, body); });
    if (!done) complain(done.error(), "an item to publish");
  });
  return {};
}

Result<> Node::publish_block(Body block) {
  if (!config_.ledger) return fail(Fault::bad_config, "this node has no ledger");
  const auto header = config_.ledger->rules->header_of(block.bytes());
  if (!header) return std::unexpected(header.error());
  if (const auto parsed = config_.ledger->rules->parse(*header); !parsed) return std::unexpected(parsed.error());
  shell_->post([this, block = std::move(block)](core::World& world, const core::Turn& now) {
    const auto done =
        world.command(now, [&](core::Host& host, core::Turn& turn) { return host.publish_block(turn, block); });
    if (!done) complain(done.error(), "a block to publish");
  });
  return {};
}

void Node::send(const PeerId& to, std::string protocol, Buffer bytes, std::function<void(const Result<u64>&)> then) {
  shell_->post([to, protocol = std::move(protocol), body = Body(std::move(bytes)), then = std::move(then)](
                   core::World& world, const core::Turn& now) {
    then(world.command(now, [&](core::Host& host, core::Turn& turn) { return host.send(turn, to, protocol, body); }));
  });
}

void Node::connect(const Endpoint& to) {
  shell_->post([to](core::World& world, const core::Turn& now) {
    world.command(now, [&](core::Host& host, core::Turn& turn) { return host.connect(turn, to), true; });
  });
}

}  // namespace kith::app
