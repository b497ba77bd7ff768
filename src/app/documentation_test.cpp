// The tables of docs/operating.md are the ones that the code makes. KITH_UPDATE_DOCS=1 writes them.
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "app/faults.hpp"
#include "app/options.hpp"
#include "app/rpc_methods.hpp"

namespace kith::app {
namespace {

constexpr const char* page = KITH_SOURCE_DIR "/docs/operating.md";

std::string read_page() {
  std::ifstream file(page);
  return {std::istreambuf_iterator<char>(file), {}};
}

void expect_table(const std::string& name, const std::string& table) {
  auto text = read_page();
  const auto begin_mark = "<!-- generated: " + name + " -->\n";
  const auto begin = text.find(begin_mark);
  ASSERT_NE(begin, std::string::npos) << name;
  const auto from = begin + begin_mark.size();
  const auto end = text.find("<!-- end -->", from);
  ASSERT_NE(end, std::string::npos) << name;
  if (std::getenv("KITH_UPDATE_DOCS")) {
    text.replace(from, end - from, table);
    std::ofstream(page) << text;
    return;
  }
  EXPECT_EQ(text.substr(from, end - from), table)
      << "write it with KITH_UPDATE_DOCS=1 build/dev/app_test --gtest_filter='OperatingPage.*'";
}

TEST(OperatingPage, shows_every_option) { expect_table("options", options_table()); }
TEST(OperatingPage, shows_every_method_and_error) { expect_table("methods", methods_table()); }
TEST(OperatingPage, shows_every_fault) { expect_table("faults", faults_table()); }

}  // namespace
}  // namespace kith::app
