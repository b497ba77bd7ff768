// Lines that are errors are kept, one at a time; all others are passed over.
#include "kernel/words.hpp"

#include <mutex>
#include <string_view>
#include <utility>

#include "kernel/handles.hpp"

namespace kith::kernel {
namespace {

constexpr std::string_view error_mark = "[error] ";
constexpr std::size_t longest = 300;

struct Words {
  std::mutex mutex;
  std::string last;
};

/// The library calls back until the process ends, so this is never taken apart.
Words& words() {
  static auto& out = *new Words;
  return out;
}

void hear(void*, const char* message, std::size_t size) {
  const std::string_view line(message, size);
  const auto mark = line.find(error_mark);
  if (mark == std::string_view::npos) return;
  auto text = line.substr(mark + error_mark.size(), longest);
  while (text.ends_with('\n')) text.remove_suffix(1);
  const std::lock_guard lock(words().mutex);
  // The first of several names the cause.
  if (words().last.empty()) words().last = text;
}

}  // namespace

void listen_to_kernel() {
  static const auto* connection = [] {
    btck_logging_set_options(btck_LoggingOptions{});
    return btck_logging_connection_create(hear, nullptr, nullptr);
  }();
  static_cast<void>(connection);
}

std::string last_words() {
  const std::lock_guard lock(words().mutex);
  return std::exchange(words().last, {});
}

}  // namespace kith::kernel
