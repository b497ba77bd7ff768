// Exit: what the program's exit codes mean.
#pragma once

namespace kith::app {

enum Exit : int {
  exit_ok = 0,
  /// It did not work; the last line on stderr says why and what to do.
  exit_failure = 1,
  /// The command line, the environment or the configuration file is wrong.
  exit_usage = 2,
  /// Another process holds the data directory.
  exit_locked = 3,
};

}  // namespace kith::app
