// sim: `kith sim`, which runs a scenario of the simulator and prints its figures.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace kith::app {

void add_sim(CLI::App& app, std::function<int()>& run);

}  // namespace kith::app
