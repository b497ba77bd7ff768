// Devnet: `kith devnet`, which runs a whole network of node processes on this machine and shows how it fares.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace kith::app {

void add_devnet(CLI::App& app, std::function<int()>& run);

}  // namespace kith::app
