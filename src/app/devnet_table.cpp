// Rows and columns.
#include "app/devnet_table.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

namespace kith::app {
namespace {

void draw_line(const DevnetPicture& picture) {
  u32 least = picture.states.empty() ? 0 : picture.states[0].height;
  for (const auto& state : picture.states) least = std::min(least, state.height);
  fmt::print("{:6.1f} s  {:<18} lowest height {:>6}  {:>8.0f} blocks/s\n", picture.elapsed.count(), picture.stage,
             least, picture.blocks_per_second);
}

}  // namespace

i64 percentile(std::vector<i64> values, std::size_t percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, values.size() * percent / 100)];
}

void DevnetTable::draw(const DevnetPicture& picture, bool last) {
  const bool watched = ::isatty(STDOUT_FILENO) != 0;
  if (!watched && !last) {
    draw_line(picture);
    std::fflush(stdout);
    return;
  }
  if (lines_ > 0 && watched) fmt::print("\x1b[{}A", lines_);
  fmt::print("\x1b[2K{:6.1f} s  {}  {:.0f} blocks/s\n", picture.elapsed.count(), picture.stage,
             picture.blocks_per_second);
  fmt::print("\x1b[2K{:>4}  {:<14} {:>8} {:>8} {:>6} {:>8}  {:<18} {}\n", "node", "id", "peers in", "peers out",
             "known", "height", "tip", "gossip p50");
  lines_ = 2;
  for (std::size_t i = 0; i < picture.states.size(); ++i, ++lines_) {
    const auto& state = picture.states[i];
    const bool timed = i < picture.delays.size() && !picture.delays[i].empty();
    const auto spread = timed ? fmt::format("{} ms", percentile(picture.delays[i], 50)) : std::string("–");
    const auto id = state.id.empty() ? "" : "…" + state.id.substr(state.id.size() - 8);
    fmt::print("\x1b[2K{:>4}  {:<14} {:>8} {:>8} {:>6} {:>8}  {:<18} {}\n", i, id, state.peers_in, state.peers_out,
               state.addresses, state.height, state.tip.substr(0, 16), spread);
  }
  std::fflush(stdout);
}

}  // namespace kith::app
