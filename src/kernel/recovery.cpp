// Three tries, each with less of the old files; a note in the directory tells the next process how far this one came.
#include "kernel/recovery.hpp"

#include <algorithm>
#include <fstream>

#include <unistd.h>

namespace kith::kernel {
namespace {

namespace fs = std::filesystem;

/// Holds the number of the try that is under way.
constexpr const char* note_name = "opening";

unsigned noted(const fs::path& directory) {
  std::ifstream note(directory / note_name);
  unsigned out = 0;
  return note >> out ? out : 0;
}

bool write_note(const fs::path& directory, unsigned number) {
  std::ofstream note(directory / note_name, std::ios::trunc);
  return static_cast<bool>(note << number << "\n" << std::flush);
}

bool move_aside(const fs::path& directory) {
  const fs::path aside = directory.string() + ".damaged";
  std::error_code error;
  fs::remove_all(aside, error);
  fs::rename(directory, aside, error);
  return !error;
}

}  // namespace

std::string obstacle(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return directory.string() + " cannot be made: " + error.message();
  if (::access(directory.c_str(), R_OK | W_OK | X_OK) != 0) return directory.string() + " cannot be written";
  const auto space = fs::space(directory, error);
  if (!error && space.available < least_space)
    return "the disk of " + directory.string() + " is full: full validation needs " +
           std::to_string(least_space >> 20) + " MiB free";
  return {};
}

std::expected<std::unique_ptr<Engine>, std::string> open_engine(const ledger::bitcoin::Params& params,
                                                                const fs::path& directory, const Say& say) {
  std::string why;
  unsigned number = 0;
  bool first = true;
  while (number <= patience + 1) {
    if (auto in_the_way = obstacle(directory); !in_the_way.empty()) return std::unexpected(std::move(in_the_way));
    if (first) number = std::min(noted(directory), patience + 1);
    if (first && number >= patience) say(directory.string() + ": earlier starts did not survive opening it");
    first = false;
    if (number > patience && !move_aside(directory))
      return std::unexpected(directory.string() + " is damaged (" + why + ") and cannot be moved aside");
    if (number > patience) {
      say(directory.string() + " is damaged beyond repair: moved to " + directory.string() +
          ".damaged, blocks are fetched again");
      std::error_code error;
      fs::create_directories(directory, error);
    } else if (number == patience) {
      say(directory.string() + " is rebuilt from its blocks" + (why.empty() ? "" : ": " + why));
    }
    if (!write_note(directory, number + 1)) return std::unexpected(directory.string() + " cannot be written");
    auto engine = Engine::open(params, directory, number == patience ? Opening::rebuilt : Opening::as_it_is);
    if (engine) {
      std::error_code error;
      fs::remove(directory / note_name, error);
      return engine;
    }
    why = engine.error();
    // What opening as it is did not mend will not be mended by doing it again.
    number = number < patience ? patience : number + 1;
  }
  return std::unexpected(directory.string() + ": " + why);
}

void want_rebuilt(const fs::path& directory) { write_note(directory, patience); }

}  // namespace kith::kernel
