// Ran: what the program does when it is called with arguments, as tests see it.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "app/program.hpp"

namespace kith::app {

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

inline Ran kith(const std::vector<std::string>& arguments) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = run(arguments);
  return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

}  // namespace kith::app
