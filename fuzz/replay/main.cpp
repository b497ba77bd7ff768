// Replays a corpus without libFuzzer: each file, its truncations and a fixed set of mutations, as part of the tests.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "../target.hpp"
#include "base/rng.hpp"

namespace kith {
namespace {

constexpr std::size_t max_truncations = 4096;
constexpr int mutations = 64;

void run(Bytes bytes) {
  // A copy of the exact size, so that a sanitizer sees the first byte read beyond the end.
  const Buffer copy = to_buffer(bytes);
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

void replay(const Buffer& input) {
  run(input);
  for (std::size_t size = 0; size < std::min(input.size(), max_truncations); ++size) run(Bytes(input).first(size));
  if (input.empty()) return;
  auto rng = Rng::seeded(1, 0);
  for (int i = 0; i < mutations; ++i) {
    Buffer mutant = input;
    mutant[rng.below(mutant.size())] ^= static_cast<u8>(1 + rng.below(255));
    run(mutant);
  }
}

}  // namespace
}  // namespace kith

int main(int argc, char** argv) {
  std::set<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i], error))
      if (entry.is_regular_file()) files.insert(entry.path());
  }
  if (files.empty()) {
    std::fputs("no corpus: name a folder with at least one file\n", stderr);
    return 1;
  }
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    kith::replay({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
  }
  std::printf("replayed %zu files\n", files.size());
  return 0;
}
