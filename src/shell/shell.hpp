// Shell: the world on real ground. It owns the loop, the sockets, the clocks, the dice's key and the threads, feeds a
// core::World with what happens and does what the world needs.
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/world.hpp"
#include "shell/farewell.hpp"
#include "shell/resolver.hpp"
#include "shell/socks.hpp"
#include "shell/tcp.hpp"
#include "shell/udp.hpp"
#include "shell/workers.hpp"

namespace kith::shell {

inline constexpr Duration connect_within = 5s;
/// How long a listener waits when the process has no descriptor left for a connection.
inline constexpr Duration accept_again = 100ms;

/// The same through a proxy, which may have a long way to go; with all that is said to it.
inline constexpr Duration proxied_within = 30s;
/// How soon a file that could not be written is tried again.
inline constexpr Duration save_again_after = 30s;

struct Listen {
  /// The word of the wire that is spoken there; the world has a port for it.
  std::string word;
  Ip ip;
  /// 0 lets the operating system choose.
  u16 port = 0;
  /// Whether datagrams are heard there too.
  bool datagrams = false;
};

struct ShellConfig {
  /// Where files go; empty keeps nothing.
  std::filesystem::path directory;
  std::vector<Listen> listen;
  std::size_t workers = 2;
  /// Through which everything is dialled, names too; nothing is resolved then.
  std::optional<Proxy> proxy = std::nullopt;
  Duration save_again = save_again_after;
};

/// Everything but stop() and post() belongs to one thread: the one that calls run(), and before that its maker.
class Shell {
 public:
  using Command = std::function<void(core::World&, const core::Turn&)>;

  explicit Shell(ShellConfig config);
  ~Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  /// Binds what the configuration names, before there is a world, so that the world may know its ports. Fails with
  /// bad_config; `what` of the error names the address and the reason and lives as long as the shell.
  Result<std::vector<Address>> listen();
  /// `judge` is null for a world without a ledger. Once, before run().
  void start(std::unique_ptr<core::World> world, std::unique_ptr<ledger::Judge> judge);
  /// Runs the loop until stopped: then goodbyes are said (at most farewell_within), files written, the judge flushed.
  void run();
  /// From any thread, any number of times.
  void stop();
  /// Stops at the first SIGINT or SIGTERM; the second one kills, as it would without us.
  void stop_on_signals();
  /// Runs `command` on the loop, from any thread; not at all if the shell stops before.
  void post(Command command);

  /// What the world tells the application. Called on the loop, between two turns: it may enter the world by post()
  /// only.
  void on_event(std::function<void(const core::Event&)> what) { on_event_ = std::move(what); }
  /// A fault of this machine, such as a file that could not be written, and what it befell. One that lasts is told
  /// once. Called on the loop.
  void on_error(std::function<void(const Error&, std::string what)> what) { on_error_ = std::move(what); }
  /// What an error befell is well again. Called on the loop.
  void on_recovered(std::function<void(std::string what)> what) { on_recovered_ = std::move(what); }

  boost::asio::io_context& io() { return io_; }
  core::World& world() { return *world_; }
  /// This moment.
  core::Turn turn();

 private:
  struct Listener {
    std::string word;
    tcp::acceptor acceptor;
    boost::asio::steady_timer again;
    /// The last accept failed for want of descriptors.
    bool starved = false;
  };
  struct Line {
    Tcp tcp;
    /// A wait for bytes, or for room, is under way.
    bool reading = false;
    bool writing = false;
    /// Nothing more comes from the other side.
    bool ended = false;
    /// How often the next batch is halved: what was sealed and cannot be sent stands before all that is urgent.
    u8 halvings = 0;
  };
  struct Dial {
    tcp::socket socket;
    boost::asio::steady_timer deadline;
    /// The talk with the proxy, if there is one: what was read of what it wants next, and its connection.
    std::optional<SocksClient> socks = std::nullopt;
    Buffer in = {};
    std::optional<Tcp> line = std::nullopt;
  };

  /// Calls the world and does what follows.
  template <typename What>
  void enter(What what);
  void obey_all();
  void obey(const core::Connect& need);
  void obey(const core::Ready& need);
  void obey(const core::Shut& need);
  void obey(const core::Resolve& need);
  void obey(core::Save& need);
  void obey(core::Work& need);
  void obey(const core::SendDatagram& need);
  void obey(const core::Event& need);

  Result<Address> bind(const Listen& at);
  Result<Address> bind_both(const Listen& at);
  void accept(Listener& listener);
  void accepted(Listener& listener, tcp::socket socket);
  std::optional<Ip> source_for(const Ip& to) const;
  /// `why` lasts; null if it is connected.
  void dialled(Peer peer, const char* why);
  // proxied.cpp: dials through the proxy.
  void dial_through(const core::Connect& need);
  void talk(Peer peer);
  void not_through(Peer peer, const char* why, bool proxy_failed);
  std::string proxy_name() const;
  // saving.cpp: files, and what is said of faults.
  void await_bytes(Peer peer);
  void readable(Peer peer);
  void send_batch(Peer peer, Line& line);
  void sent(Peer peer, Line& line, const Result<>& result);
  void writable(Peer peer);
  void arm();
  /// Called on a worker, and at the end.
  Result<> save(const core::Save& file) const;
  void submit(core::Save file);
  void saved(core::Save file, const Result<>& result);
  /// Looks whether the ledger could write what it accepted.
  void watch(const core::Done& done);
  void complain(const Error& error, std::string what);
  /// Complains of what was well until now; and says when it is again.
  void in_trouble(const Error& error, const std::string& what);
  void is_well(const std::string& what);
  void begin_stop();

  ShellConfig config_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer timer_;
  /// When timer_ fires.
  Time armed_ = never;
  Rng rng_;
  std::string complaint_;

  std::unique_ptr<core::World> world_;
  std::unique_ptr<ledger::Judge> judge_;
  std::unique_ptr<Workers> workers_;
  bool obeying_ = false;
  bool stopping_ = false;
  /// Files that the world saved at the end: written when the workers are gone.
  std::vector<core::Save> last_files_;
  /// Files that could not be written, by name, with their latest content; the host names two.
  std::map<std::string, core::Save> unsaved_;
  boost::asio::steady_timer save_timer_;
  /// What an error befell and is not well yet.
  std::set<std::string> troubles_;

  std::list<Listener> listeners_;
  std::list<Udp> datagrams_;
  /// Bounded, as the dials are, by what the host admits.
  std::map<Peer, Line> lines_;
  std::map<Peer, Dial> dials_;
  Farewells farewells_;
  Resolver resolver_;
  /// Shared by all connections, so that an idle one holds none.
  Buffer in_;
  Buffer out_;

  std::function<void(const core::Event&)> on_event_;
  std::function<void(const Error&, std::string)> on_error_;
  std::function<void(std::string)> on_recovered_;
};

template <typename What>
void Shell::enter(What what) {
  if (stopping_) return;
  what(turn());
  obey_all();
  arm();
}

}  // namespace kith::shell
