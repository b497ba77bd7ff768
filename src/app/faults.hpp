// Faults: the error table as operators read it.
#pragma once

#include <string>

namespace kith::app {

/// The faults, who owes for them and what follows, as a Markdown table.
std::string faults_table();

}  // namespace kith::app
