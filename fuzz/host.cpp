// A whole node: bytes as a program of what strangers, time, workers and its operator do to it, over real wires, each of
// them over the one that it likes, with an honest twin connected to it. Whatever the program: nothing asserts, what is
// held has its bounds, neither of the two honest nodes blames the other, and when everybody is gone nothing is left.
#include "base/check.hpp"
#include "bitcoin/mount.hpp"
#include "bitcoin/port.hpp"
#include "core/world.hpp"
#include "crypto/hash.hpp"
#include "lean/mount.hpp"
#include "ledger/bitcoin/block.hpp"
#include "ledger/bitcoin/maker.hpp"
#include "ledger/bitcoin/rules.hpp"
#include "ledger/bitcoin/tx.hpp"
#include "ledger/log_judge.hpp"
#include "stranger.hpp"
#include "target.hpp"

using namespace kith;
using fuzz::Stranger;
using fuzz::Tongue;

namespace {

constexpr std::size_t strangers = 4;
constexpr std::size_t most_steps = 400;
constexpr u64 node_key = 1, twin_key = 2, stranger_key = 10;

const crypto::Identity& identity_of(u64 key) {
  static std::map<u64, crypto::Identity> made;
  const auto at = made.find(key);
  if (at != made.end()) return at->second;
  return made.emplace(key, crypto::Identity(Rng::seeded(key, 9).bytes<32>())).first->second;
}
PeerId id_of(u64 key) { return PeerId{identity_of(key).public_key()}; }
Ip ip_of(u64 key) { return Ip::v4(8, static_cast<u8>(key), 0, 1); }
/// Over the wire of `tongue`.
Address address_of(u64 key, Tongue tongue = Tongue::lean) {
  if (tongue == Tongue::lean) return {ip_of(key), 7513, "lean", id_of(key)};
  return {ip_of(key), 8333, std::string(bitcoin::wire_word), {}};
}

const ledger::bitcoin::BitcoinRules& rules() {
  static const ledger::bitcoin::BitcoinRules out(ledger::bitcoin::regtest());
  return out;
}

/// Items whose first byte is their verdict, so that the program reaches each of them.
core::Kind kind() {
  return {"note", 4096, Priority::item,
          [](Bytes body, Utc utc) -> Result<core::Examined> {
            if (body.empty()) return fail(Fault::malformed, "note");
            if (body[0] == 9) return fail(Fault::stale_item, "note");
            return core::Examined{take_array<20>(Bytes(crypto::sha256(body))), utc};
          },
          [](Bytes body) { return static_cast<Verdict>(body[0] % 5); }};
}

/// Transactions, alike: any that can be read.
core::Kind transaction() {
  core::Kind out{std::string(bitcoin::tx_kind), 100'000, Priority::item,
                 [](Bytes body, Utc) -> Result<core::Examined> {
                   Reader in(body);
                   const auto tx = ledger::bitcoin::read_tx(in);
                   if (!in.complete()) return fail(Fault::malformed, "tx");
                   return core::Examined{take_array<20>(tx.witness_id), std::nullopt};
                 },
                 [](Bytes body) { return static_cast<Verdict>(body[0] % 5); }};
  out.proves_itself = true;
  return out;
}

std::vector<core::NeighboursConfig> neighbours_of(const Hello& self) {
  std::vector<core::NeighboursConfig> out(2);
  out[0].word = "lean";
  out[0].port = self.port;
  out[0].dialing.outbound = 2;
  out[1].word = std::string(bitcoin::wire_word);
  out[1].has_ids = false;
  out[1].blames_items = false;
  out[1].port = 8333;
  out[1].dialing.outbound = 2;
  return out;
}

Hello hello_of(u64 key) {
  return {
      .id = id_of(key), .network = Hash{7}, .time = {}, .port = 7513, .version = 256, .client = "fuzz", .names = {}};
}

/// A node without a shell: what its world needs is kept here, and done when the program says so.
struct Node {
  u64 key;
  Rng rng;
  std::unique_ptr<ledger::LogJudge> judge;
  std::vector<core::Protocol*> protocols;
  std::unique_ptr<core::World> world;
  /// How it dials over the bitcoin wire.
  bool encrypted = true;
  core::Memory memory{.books = {Buffer{}, Buffer{}}, .reputation = {}};
  std::deque<core::Job> jobs;
  std::vector<std::pair<Peer, Address>> dials;
  std::deque<Endpoint> names;
  /// Last words and ends of connections that the world closed.
  std::map<Peer, Buffer> shut;

  explicit Node(u64 its_key) : key(its_key), rng(Rng::seeded(its_key)) {}

  void boot(Time now, Utc utc) {
    core::Turn turn{now, utc, rng};
    auto chain = std::make_unique<ledger::Chain>(rules(), ledger::ChainConfig{{}, rng.bytes<16>()});
    const auto check_body = [](const ledger::BlockJob& job) {
      return ledger::bitcoin::check_block(ledger::bitcoin::regtest(), job);
    };
    judge = std::make_unique<ledger::LogJudge>(rules(), std::make_unique<ledger::MemoryLog>(), 1, check_body,
                                               Body(ledger::bitcoin::regtest().genesis_block));
    check(judge->restore(*chain, utc).has_value(), "an empty log");
    core::HostConfig config;
    config.self = hello_of(key);
    config.neighbours = neighbours_of(config.self);
    std::vector<core::Kind> kinds;
    kinds.push_back(kind());
    kinds.push_back(transaction());
    auto mounted = lean::protocols({}, true);
    std::ranges::move(bitcoin::protocols({}), std::back_inserter(mounted));
    protocols.clear();
    for (const auto& each : mounted) protocols.push_back(each.get());
    auto host =
        std::make_unique<core::Host>(config, std::move(chain), std::move(kinds), std::move(mounted), memory, rng);
    std::vector<std::unique_ptr<core::Port>> ports;
    ports.push_back(std::make_unique<lean::Port>(identity_of(key), false));
    ports.push_back(std::make_unique<bitcoin::Port>(
        bitcoin::PortConfig{.magic = fuzz::magic,
                            .services = bitcoin::service::network | bitcoin::service::witness,
                            .encrypted = encrypted,
                            .user_agent = "/fuzz/"}));
    world = std::make_unique<core::World>(std::move(host), std::move(ports));
    world->start(turn);
  }

  void obey() {
    while (auto need = world->take()) {
      if (auto* dial = std::get_if<core::Connect>(&*need)) dials.emplace_back(dial->peer, dial->to);
      if (auto* end = std::get_if<core::Shut>(&*need)) shut.insert_or_assign(end->peer, std::move(end->last));
      if (auto* work = std::get_if<core::Work>(&*need)) jobs.push_back(std::move(work->job));
      if (auto* name = std::get_if<core::Resolve>(&*need)) names.push_back(name->endpoint);
      if (auto* file = std::get_if<core::Save>(&*need)) remember(std::move(*file));
      const auto* event = std::get_if<core::Event>(&*need);
      const auto* blamed = event ? std::get_if<core::PeerBlamed>(event) : nullptr;
      // A node whose workers rest answers late, which is no fault of its words.
      const bool late = blamed && (blamed->error.fault == Fault::no_answer || blamed->error.fault == Fault::stalled);
      check(
          !blamed || late || (blamed->info.address.ip != ip_of(node_key) && blamed->info.address.ip != ip_of(twin_key)),
          "an honest node is blamed");
    }
  }

  void remember(core::Save save) {
    if (save.file == core::reputation_file)
      memory.reputation = std::move(save.bytes);
    else
      memory.books[save.file == core::book_file(bitcoin::wire_word)] = std::move(save.bytes);
  }
};

class Program {
 public:
  /// `twins` is the wire over which the two honest nodes speak.
  Program(Bytes bytes, Tongue twins) : in_(bytes), twins_(twins), node_(node_key), twin_(twin_key) {
    for (u64 key = stranger_key; key < stranger_key + strangers; ++key)
      strangers_.emplace_back(key, identity_of(key), hello_of(key));
    twin_.encrypted = twins != Tongue::bitcoin_v1;
    node_.boot(now_, utc_);
    twin_.boot(now_, utc_);
    join();
  }

  void run() {
    for (std::size_t i = 0; in_.left() > 0 && i < most_steps; ++i) {
      step(in_.byte());
      settle();
      check_bounds();
    }
    end();
  }

 private:
  core::Turn turn(Node& node) { return {now_, utc_, node.rng}; }
  Stranger& stranger() { return strangers_[in_.byte() % strangers]; }
  Buffer bytes() {
    const std::size_t size = in_.u16be() % 20'000;
    return to_buffer(in_.take(std::min(size, in_.left())));
  }

  void step(u8 what) {
    switch (what % 16) {
      case 0: {
        auto& one = stranger();
        one.tongue = static_cast<Tongue>(what / 16 % 3);
        return connect(one);
      }
      case 1: return shake(stranger());
      case 2: return receive(stranger(), bytes());
      case 3: {
        auto& one = stranger();
        return receive(one, one.record(bytes()));
      }
      case 4:
      case 5:
      case 6: return say(stranger());
      case 7: return cut(stranger());
      case 8: return tick(in_.byte());
      case 9: return work(node_, in_.byte());
      case 10: return restart(in_.byte() & 1);
      case 11: return resolve();
      case 12: return publish(in_.byte());
      case 13: return answer_dial(in_.byte());
      case 14: {
        auto& deaf = stranger();
        deaf.deaf = !deaf.deaf;
        return;
      }
      default: return command(in_.byte());
    }
  }

  void connect(Stranger& one) {
    cut(one);
    auto now = turn(node_);
    auto from = address_of(one.key, one.tongue);
    from.id.reset();
    one.peer = node_.world->accept(now, from.wire, from);
  }

  /// The first message, if none was sent, then what the answer to it allows.
  void shake(Stranger& one) {
    if (!one.peer) connect(one);
    if (!one.peer || one.has_session()) return;
    auto dice = Rng::seeded(one.key, ++shakes_);
    const core::Turn mine{now_, utc_, dice};
    receive(one, one.begin(mine, id_of(node_key)));
    pull(one);
    receive(one, one.finish(mine));
  }

  void receive(Stranger& one, Bytes what) {
    if (one.peer && !what.empty()) node_.world->receive(turn(node_), *one.peer, what);
    node_.obey();
  }

  void say(Stranger& one) {
    const u8 head = in_.byte();
    const u8 type = in_.byte() % 8;
    const Lane lane = in_.byte();
    receive(one, one.say(head, type, lane, bytes(), utc_));
  }

  void pull(Stranger& one) {
    if (!one.peer || one.deaf) return;
    Buffer out;
    node_.world->pull(turn(node_), *one.peer, out, 64 * 1024);
    if (!one.has_session() && one.heard.size() < 8192) append(one.heard, out);
    node_.obey();
  }

  void cut(Stranger& one) {
    if (one.peer) node_.world->ended(turn(node_), *one.peer);
    node_.obey();
    one.forget();
  }

  void tick(u8 how) {
    static constexpr std::array<Duration, 6> spans{0ms, 20ms, 1s, 6s, 30s, 10min};
    const auto span = spans[how % spans.size()];
    now_ += span;
    utc_ += std::chrono::duration_cast<Utc::duration>(span);
    node_.world->tick(turn(node_));
    twin_.world->tick(turn(twin_));
  }

  void work(Node& at, u8 most) {
    for (std::size_t i = 0; !at.jobs.empty() && i <= most; ++i) {
      const auto job = std::move(at.jobs.front());
      at.jobs.pop_front();
      at.world->done(turn(at), core::run(job, at.judge.get(), at.world->host().kinds()));
      at.obey();
    }
  }

  void restart(bool clean) {
    if (clean) {
      node_.world->stop(turn(node_));
      node_.obey();
    }
    node_.jobs.clear();
    node_.dials.clear();
    node_.names.clear();
    node_.shut.clear();
    for (auto& one : strangers_) one.forget();
    if (joined_) twin_.world->ended(turn(twin_), joined_->second);
    joined_.reset();
    twin_.obey();
    node_.boot(now_, utc_);
    join();
  }

  void resolve() {
    if (node_.names.empty()) return;
    const std::array ips{Ip::v4(8, 77, 0, 1), Ip::v4(127, 0, 0, 1)};
    node_.world->resolved(turn(node_), node_.names.front(), ips);
    node_.names.pop_front();
  }

  void publish(u8 what) {
    auto& at = what & 1 ? node_ : twin_;
    at.world->command(turn(at), [&](core::Host& host, core::Turn& now) {
      if (!(what & 2)) return host.publish_item(now, 0, Body(Buffer(what * 8u + 1u, 0))).has_value();
      const auto tip = host.chain()->tip();
      return host
          .publish_block(now, Body(ledger::bitcoin::make_block(ledger::bitcoin::regtest(), tip.id, tip.height + 1,
                                                               to_seconds(utc_), what)))
          .has_value();
    });
  }

  /// A dial of the node's comes to nothing, or reaches a stranger who answers as the program says.
  void answer_dial(u8 how) {
    if (node_.dials.empty()) return;
    const auto [peer, to] = node_.dials.back();
    node_.dials.pop_back();
    auto& one = strangers_[how % strangers];
    const bool lean = to.wire == "lean";
    if (how & 0x80 || (lean && to.id != id_of(one.key))) return node_.world->not_connected(turn(node_), peer);
    cut(one);
    one.tongue = lean ? Tongue::lean : how & 0x40 ? Tongue::bitcoin_v1 : Tongue::bitcoin_v2;
    one.called = true;
    one.peer = peer;
    node_.world->connected(turn(node_), peer);
    node_.obey();
    pull(one);
    auto dice = Rng::seeded(one.key, ++shakes_);
    const core::Turn mine{now_, utc_, dice};
    receive(one, one.begin(mine, id_of(node_key)));
    receive(one, one.finish(mine));
  }

  void command(u8 what) {
    const u64 whom = stranger_key + what % strangers;
    node_.world->command(turn(node_), [&](core::Host& host, core::Turn& now) {
      const peers::Subject subject{id_of(whom)};
      if (what < 64)
        host.connect(now, Endpoint{{}, 0, address_of(whom, what & 4 ? Tongue::bitcoin_v2 : Tongue::lean)});
      else if (what < 96)
        host.connect(now, Endpoint{"name.example", 0, address_of(whom)});
      else if (what < 128)
        host.ban(now, subject, 1h);
      else if (what < 192)
        host.unban(now, subject);
      else if (strangers_[what % strangers].peer)
        host.disconnect(now, *strangers_[what % strangers].peer);
      return true;
    });
  }

  /// Connects the twin to the node.
  void join() {
    const auto there = address_of(node_key, twins_);
    twin_.world->command(turn(twin_), [&](core::Host& host, core::Turn& now) {
      return host.connect(now, Endpoint{{}, 0, there}), true;
    });
    twin_.obey();
    for (const auto& [peer, to] : std::exchange(twin_.dials, {})) {
      auto from = address_of(twin_key, twins_);
      from.id.reset();
      const auto here = joined_ || to != there ? std::nullopt : node_.world->accept(turn(node_), from.wire, from);
      if (!here) {
        twin_.world->not_connected(turn(twin_), peer);
        continue;
      }
      joined_ = {*here, peer};
      twin_.world->connected(turn(twin_), peer);
    }
    settle();
  }

  /// True if anything moved.
  bool carry(Node& from, Peer out, Node& to, Peer in) {
    if (!to.world->reads(in)) return false;
    Buffer moved;
    from.world->pull(turn(from), out, moved, 64 * 1024);
    from.obey();
    if (!moved.empty()) to.world->receive(turn(to), in, moved);
    to.obey();
    return !moved.empty();
  }
  bool work_of_the_twin() {
    const bool any = !twin_.jobs.empty();
    while (!twin_.jobs.empty()) work(twin_, 0);
    return any;
  }

  /// Carries everything between the twins, and takes away what has ended.
  void settle() {
    node_.obey();
    twin_.obey();
    for (int i = 0; work_of_the_twin() || (joined_ && (carry(node_, joined_->first, twin_, joined_->second) ||
                                                       carry(twin_, joined_->second, node_, joined_->first)));
         ++i)
      check(i < 10'000, "two nodes that never come to rest");
    for (auto& one : strangers_) {
      pull(one);
      if (one.peer && node_.shut.contains(*one.peer)) one.forget();
    }
    if (joined_ && (node_.shut.contains(joined_->first) || twin_.shut.contains(joined_->second))) part();
    node_.shut.clear();
    twin_.shut.clear();
    for (const auto& [peer, to] : std::exchange(twin_.dials, {})) twin_.world->not_connected(turn(twin_), peer);
    twin_.obey();
  }

  void part() {
    const auto [there, here] = *std::exchange(joined_, std::nullopt);
    node_.world->ended(turn(node_), there);
    twin_.world->ended(turn(twin_), here);
    node_.obey();
    twin_.obey();
  }

  void check_bounds() {
    const auto& host = node_.world->host();
    check(host.connections().rows().size() <= 2 * (64 + 32 + 8), "more connections than the limits allow");
    for (const auto& [peer, row] : host.connections().rows())
      check(row.queued <= 4 * core::full_queue && row.judging <= core::max_judging, "more for one peer than allowed");
    check(node_.jobs.size() <= (strangers + 1) * (core::max_judging + 64) + 1024, "more jobs than the limits allow");
    const auto counters = host.gossip().counters();
    check(counters.judging <= 4096 && counters.seen <= 65'536 && counters.wanted <= (strangers + 1) * 5'000 + 8'192,
          "more gossip than the limits allow");
  }

  void end() {
    for (auto& one : strangers_) cut(one);
    if (joined_) part();
    for (const auto& [peer, to] : std::exchange(node_.dials, {})) node_.world->not_connected(turn(node_), peer);
    while (!node_.jobs.empty()) work(node_, 255);
    tick(5);
    node_.obey();
    for (const auto& [peer, to] : std::exchange(node_.dials, {})) node_.world->not_connected(turn(node_), peer);
    while (!node_.jobs.empty()) work(node_, 255);
    const auto& host = node_.world->host();
    check(host.connections().rows().empty() && node_.world->connections() == 0, "a connection that stays");
    check(host.gossip().idle(), "gossip that stays");
    check(host.sync()->idle(), "sync that stays");
    for (const auto* protocol : node_.protocols) check(protocol->idle(), "a protocol that keeps somebody");
  }

  Reader in_;
  Tongue twins_;
  Time now_{Time{} + 1h};
  Utc utc_ = from_seconds(1'700'000'000);
  Node node_, twin_;
  std::deque<Stranger> strangers_;
  /// The connection of the twins: as the node, and as the twin calls it.
  std::optional<std::pair<Peer, Peer>> joined_;
  u64 shakes_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  // The last byte tells the wire of the twins, so that all others mean the same over any.
  const Tongue twins = size > 0 && data[size - 1] >= 0xb0 && data[size - 1] <= 0xb2
                           ? static_cast<Tongue>(data[size - 1] - 0xb0)
                           : Tongue::lean;
  Program(Bytes(data, size), twins).run();
  return 0;
}
