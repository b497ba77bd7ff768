// One line a row of the error table.
#include "app/faults.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace kith::app {
namespace {

const char* text_of(Debtor debtor) {
  if (debtor == Debtor::peer) return "the peer";
  return debtor == Debtor::us ? "we" : "nobody";
}

}  // namespace

std::string faults_table() {
  std::string out = "| fault | what | who owes | points | closes |\n|---|---|---|---|---|\n";
  for (u8 i = 0; i < static_cast<u8>(Fault::count); ++i) {
    const auto& each = row(static_cast<Fault>(i));
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", each.name, each.text, text_of(each.debtor), each.weight,
                       each.closes ? "yes" : "no");
  }
  return out;
}

}  // namespace kith::app
