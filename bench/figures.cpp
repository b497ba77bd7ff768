// The table, and what the operating system says of this process.
#include "figures.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

namespace kith::bench {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

bool print_table(const std::vector<Figure>& figures) {
  const auto number = [](double value) {
    if (value >= 1e5) return fmt::format("{:.3g}", value);
    return value >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
  };
  std::size_t width = 0;
  for (const auto& figure : figures) width = std::max(width, figure.what.size());
  say(fmt::format("\n{:<{}}  {:>10}  {:>12}  {:<4}  {}", "figure", width, "measured", "goal", "met", "others"));
  bool all = true;
  for (const auto& figure : figures) {
    const auto goal = (figure.better == Better::less ? "<= " : ">= ") + number(figure.goal);
    say(fmt::format("{:<{}}  {:>10}  {:>12}  {:<4}  {}", figure.what + " [" + figure.unit + "]", width,
                    number(figure.value), goal, figure.met() ? "yes" : "NO", figure.peers));
    all = all && figure.met();
  }
  return all;
}

}  // namespace kith::bench
