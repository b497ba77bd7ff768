// `bench lean`: whole nodes over loopback TCP, each figure beside its goal. Names of parts run those alone.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "nodes/parts.hpp"
#include "shell/memory.hpp"

int main(int count, char** words) {
  using namespace kith::bench;
  // As the program does.
  kith::shell::keep_pages_of_large_messages();
  struct Part {
    std::string_view name;
    void (*run)(Figures&);
  };
  constexpr Part parts[] = {{"idle", idle}, {"bulk", bulk}, {"handshakes", handshakes}, {"gossip", gossip}};
  const std::vector<std::string_view> wanted(words + 1, words + count);
  for (const auto& word : wanted)
    if (std::none_of(std::begin(parts), std::end(parts), [&](const auto& part) { return part.name == word; })) {
      fmt::print(
          stderr,
          "bench lean: there is no part '{}'; parts: idle, bulk, handshakes, gossip. Example: ./dev bench lean bulk\n",
          word);
      return 2;
    }
  Figures figures;
  for (const auto& part : parts)
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), part.name) != wanted.end()) part.run(figures);
  return print_table(figures) ? 0 : 1;
}
