// From settings to a running node, and what it tells its log.
#include "app/node_command.hpp"

#include <csignal>
#include <iostream>

#include <CLI/CLI.hpp>

#include "app/address_text.hpp"
#include "app/chains.hpp"
#include "app/exit.hpp"
#include "app/log.hpp"
#include "app/mapped_ports.hpp"
#include "app/rpc.hpp"
#include "app/transactions.hpp"
#include "app/validation.hpp"
#include "codec/multiaddr.hpp"
#include "lean/envelope.hpp"

namespace kith::app {
namespace {

/// Largest payload of an authored item, in bytes.
constexpr u32 max_payload = 64 * 1024;
/// A node that catches up says so this often.
constexpr auto tip_every = std::chrono::seconds(1);

/// The kind of transactions that spend the coins of a file. Fails with a sentence for the operator.
std::expected<core::Kind, std::string> transactions_of(const std::filesystem::path& file) {
  constexpr std::size_t max_file = std::size_t{256} << 20;
  const auto bytes = shell::read_file(file, max_file);
  if (!bytes) return std::unexpected("--coins " + file.string() + " cannot be read");
  auto coins = ledger::bitcoin::Coins::parse(as_text(*bytes));
  if (!coins) return std::unexpected("--coins " + file.string() + ": " + coins.error().what);
  return transactions(std::make_shared<const ledger::bitcoin::Coins>(std::move(*coins)));
}

std::expected<NodeConfig, std::string> config_of(const Settings& settings, std::optional<LedgerParts> ledger) {
  NodeConfig out;
  out.directory = settings.data_dir;
  out.network = settings.network;
  out.wires = settings.wires;
  out.v2transport = settings.v2transport;
  out.listen = settings.listen;
  out.bootstrap = settings.bootstrap;
  out.contacts = settings.contacts;
  out.spacemesh_network = settings.spacemesh_network;
  for (const auto& name : settings.spacemesh_protocols) out.spacemesh_protocols.push_back({name});
  out.insecure_zero_key = settings.insecure_zero_key;
  if (settings.seeds && settings.bootstrap.empty()) out.seeds = seeds_of(settings.chain);
  out.external = settings.external;
  out.proxy = settings.proxy;
  out.outbound = settings.outbound;
  out.inbound = settings.inbound;
  out.sign_all = settings.sign_all;
  out.pace.ping = settings.ping_every;
  out.delivery.findable = settings.findable;
  out.ledger = std::move(ledger);
  const auto network =
      out.ledger ? network_id(out.network, out.ledger->rules.get(), out.ledger->anchor) : network_id(out.network);
  for (const auto& kind : settings.kinds)
    out.kinds.push_back(lean::authored(kind, max_payload, Priority::item, network,
                                       [](const lean::Envelope&) { return Verdict::accept; }));
  out.pool = pool_of(settings);
  if (!settings.coins.empty()) {
    auto kind = transactions_of(settings.coins);
    if (!kind) return std::unexpected(kind.error());
    out.kinds.push_back(std::move(*kind));
  }
  return out;
}

/// What a node tells its log: a line an event, but of tips the latest and at most one a second.
class Reporter {
 public:
  Reporter(Node& node, Log& log) : node_(node), log_(log), timer_(node.shell().io()) {
    node.on_event([this](const core::Event& event) { hear(event); });
    node.on_error([this](const Error& error, const std::string& what) {
      log_.write(LogLevel::error,
                 {{"event", "error"}, {"what", what}, {"why", to_text(error.fault)}, {"detail", error.what}});
    });
    node.on_recovered(
        [this](const std::string& what) { log_.write(LogLevel::warning, {{"event", "recovered"}, {"what", what}}); });
  }

  void say(const std::string& text) { log_.write(LogLevel::info, {{"event", text}}); }

 private:
  void hear(const core::Event& event) {
    auto what = describe(event, node_.shell().world().host().kinds());
    if (std::holds_alternative<core::TipMoved>(event)) return tip(std::move(what));
    // Anybody can cause these, as often as the limits allow.
    const bool is_frequent =
        std::holds_alternative<core::ItemAccepted>(event) || std::holds_alternative<core::ItemNeeds>(event) ||
        std::holds_alternative<core::NotOpened>(event) || std::holds_alternative<core::RoundTrip>(event) ||
        std::holds_alternative<core::MailCame>(event) || std::holds_alternative<core::DirectMessage>(event);
    const bool is_warning =
        std::holds_alternative<core::PeerBlamed>(event) || std::holds_alternative<core::ClockDiffers>(event);
    log_.write(is_frequent ? LogLevel::debug : is_warning ? LogLevel::warning : LogLevel::info, what);
  }

  void tip(boost::json::object what) {
    latest_ = std::move(what);
    if (timing_) return;
    tell_tip();
    timing_ = true;
    timer_.expires_after(tip_every);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      timing_ = false;
      if (latest_) tip(std::move(*latest_));
    });
  }

  void tell_tip() {
    log_.write(LogLevel::info, *latest_);
    latest_.reset();
  }

  Node& node_;
  Log& log_;
  boost::asio::steady_timer timer_;
  std::optional<boost::json::object> latest_;
  bool timing_ = false;
};

void tell_mapped(Log& log, u16 port, const Result<shell::Mapped>& now) {
  if (!now) return log.write(LogLevel::warning, {{"event", "not_mapped"}, {"port", port}, {"why", now.error().what}});
  log.write(LogLevel::info,
            {{"event", "mapped"}, {"port", port}, {"external", to_text(now->external)}, {"permanent", now->permanent}});
}

int complain(const std::string& text, Exit code) {
  std::cerr << "kith node: " << text << "\n";
  return code;
}

int run_node(const Settings& settings) {
  // A write past a limit of the operating system is an error that is said, and not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  auto ledger = ledger_of(settings);
  if (!ledger) return complain(ledger.error(), exit_usage);
  // Begun with the first line, so that nothing is written into a directory that another process holds.
  std::optional<Log> begun;
  const auto to_log = [&]() -> Log& {
    if (!begun) begun.emplace(settings.log_level, settings.log_format, settings.data_dir / log_file);
    return *begun;
  };
  auto config = config_of(settings, std::move(*ledger));
  if (!config) return complain(config.error(), exit_usage);
  config->on_note = [&](const std::string& text) {
    to_log().write(LogLevel::warning, {{"event", "note"}, {"what", text}});
  };
  auto opened = Node::open(std::move(*config));
  if (!opened) return complain(opened.error().why, opened.error().locked ? exit_locked : exit_failure);
  auto& node = **opened;
  auto& log = to_log();
  Reporter reporter(node, log);
  auto rpc = RpcServer::open(node, settings.rpc, settings.data_dir);
  if (!rpc) return complain(rpc.error(), exit_failure);
  if (!settings.from_file.empty()) log.write(LogLevel::info, {{"event", "settings"}, {"from", settings.from_file}});
  log.write(LogLevel::info, {{"event", "started"},
                             {"id", codec::to_text(node.id())},
                             {"network", node.network_name()},
                             {"validation", validation_of(node)},
                             {"rpc", ip_port((*rpc)->listening())}});
  for (const auto& address : node.addresses())
    log.write(LogLevel::info, {{"event", "listening"}, {"address", show(address)}});
  std::vector<shell::PortMappingConfig> ports;
  if (settings.map_port) ports = ports_to_map(node.addresses(), settings.gateway);
  if (settings.map_port && ports.empty())
    log.write(LogLevel::warning, {{"event", "not_mapped"}, {"why", "--listen names nothing beyond this machine"}});
  const MappedPorts mapped(ports, [&](u16 port, const Result<shell::Mapped>& now) {
    boost::asio::post(node.shell().io(), [&log, port, now] { tell_mapped(log, port, now); });
  });
  node.shell().stop_on_signals();
  node.run();
  log.write(LogLevel::info, {{"event", "stopped"}});
  return exit_ok;
}

std::string describe_option(const Option& option) {
  return std::string(option.help) + ". " + option.type + (option.fallback[0] ? ", default " : "") + option.fallback +
         "; " + variable_of(option) + "; for example " + option.example;
}

}  // namespace

void add_node(CLI::App& app, std::function<int()>& run) {
  auto* command = app.add_subcommand("node", "Run a node until SIGTERM, Ctrl-C or `kith ctl stop`");
  command->footer(
      "Settings come from flags, before KITH_* variables, before the file, before defaults.\n"
      "Example: kith node --data-dir ./n2 --listen /ip4/127.0.0.1/tcp/0/lean --rpc 127.0.0.1:0");
  const auto values = std::make_shared<Values>();
  const auto file = std::make_shared<std::string>();
  const auto table = std::make_shared<bool>(false);
  for (const auto& option : options())
    command
        ->add_option_function<std::vector<std::string>>(
            flag_of(option), [values, &option](const auto& given) { (*values)[option.name] = given; },
            describe_option(option))
        ->type_name("")
        ->expected(1)
        ->multi_option_policy(option.is_list ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::Throw);
  command->add_option("--config", *file, "A TOML file with these keys; default <data-dir>/kith.toml if it is there");
  command->add_flag("--options-table", *table, "Print the settings as a Markdown table")->group("");
  command->callback([&run, values, file, table] {
    run = [values, file, table] {
      if (*table) return std::cout << options_table() << "\n" << methods_table(), int{exit_ok};
      Sources sources{.flags = *values, .environment = process_environment(), .file = {}};
      if (!file->empty()) sources.file = *file;
      const auto settings = read_settings(sources);
      return settings ? run_node(*settings) : complain(settings.error().text, exit_usage);
    };
  });
}

}  // namespace kith::app
