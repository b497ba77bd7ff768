// Figures: what a benchmark found beside what it should find, as a table; and how CPU time is measured.
#pragma once

#include <string>
#include <vector>

namespace kith::bench {

/// Seconds of CPU that all threads of this process have used.
double cpu_seconds();
/// Resident bytes of this process.
double resident_bytes();
double median(std::vector<double> values);

enum class Better : unsigned char { less, more };

struct Figure {
  std::string what;
  std::string unit;
  double value = 0;
  double goal = 0;
  Better better = Better::less;
  /// Published figures of others, as text.
  std::string peers = {};

  bool met() const { return better == Better::less ? value <= goal : value >= goal; }
};

/// Prints the table; true if all goals are met.
bool print_table(const std::vector<Figure>& figures);
/// A line of what goes on, at once.
void say(const std::string& line);

}  // namespace kith::bench
