// Network command: `kith network`, which makes a network of one's own and shows one.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace kith::app {

void add_network(CLI::App& app, std::function<int()>& run);

}  // namespace kith::app
