// Program: the command line of `kith`, as a function that tests can call.
#pragma once

#include <span>
#include <string>

namespace kith::app {

/// Runs one command and returns its exit code; `arguments` are those behind the program's name.
int run(std::span<const std::string> arguments);

}  // namespace kith::app
