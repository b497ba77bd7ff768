// ctl: `kith ctl`, which asks a running node and prints what it answers.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace kith::app {

void add_ctl(CLI::App& app, std::function<int()>& run);

}  // namespace kith::app
