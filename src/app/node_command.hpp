// node: `kith node`, which runs a node from its settings until it is told to stop.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace kith::app {

void add_node(CLI::App& app, std::function<int()>& run);

}  // namespace kith::app
