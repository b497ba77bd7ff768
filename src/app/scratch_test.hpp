// Scratch: a directory of its own for each test, gone when the test is.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/check.hpp"

namespace kith::app {

class Scratch {
 public:
  Scratch() {
    auto name = (std::filesystem::temp_directory_path() / "kith-test-XXXXXX").string();
    check(::mkdtemp(name.data()) != nullptr, "no directory for a test");
    path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  std::string read(const std::string& name) const {
    std::stringstream out;
    out << std::ifstream(path_ / name).rdbuf();
    return out.str();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace kith::app
