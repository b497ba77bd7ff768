// Where commands are registered: a new one is a line here.
#include "app/program.hpp"

#include <functional>
#include <iostream>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/ctl.hpp"
#include "app/devnet.hpp"
#include "app/exit.hpp"
#include "app/key.hpp"
#include "app/network_command.hpp"
#include "app/node_command.hpp"
#include "app/sim_command.hpp"

namespace kith::app {

int run(std::span<const std::string> arguments) {
  CLI::App app("kith: a peer-to-peer node for blockchain networks", "kith");
  app.footer("Example: kith node --data-dir ./n1 --listen /ip4/127.0.0.1/tcp/7513/lean");
  app.set_version_flag("--version", "kith 0.1.0");
  app.require_subcommand(1);
  std::function<int()> chosen;
  add_node(app, chosen);
  add_ctl(app, chosen);
  add_key(app, chosen);
  add_devnet(app, chosen);
  add_network(app, chosen);
  add_sim(app, chosen);
  try {
    // CLI11 takes them from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return chosen();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_ok : exit_usage;
  } catch (const std::exception& error) {
    std::cerr << "kith: " << error.what() << "\n";
    return exit_failure;
  }
}

}  // namespace kith::app
