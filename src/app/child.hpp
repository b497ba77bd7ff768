// Child: another process of this program, which ends when this one does.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "base/error.hpp"

namespace kith::app {

class Child {
 public:
  /// Runs this very program with `arguments`; what it prints goes to `output`. Fails with storage.
  static Result<Child> start(const std::vector<std::string>& arguments, const std::filesystem::path& output);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)) {}
  Child& operator=(Child&&) = delete;
  /// Ends it, if that was not done.
  ~Child();

  /// How it ended: the exit code, or 128 + the signal; nothing while it runs.
  std::optional<int> ended();
  /// Asks it to end, and waits; after `patience` it is killed.
  void stop(std::chrono::milliseconds patience);
  /// As a power failure would: nothing is saved.
  void kill();
  void ask_to_end() const;

 private:
  explicit Child(pid_t pid) : pid_(pid) {}

  /// 0 once it has ended.
  pid_t pid_;
};

}  // namespace kith::app
