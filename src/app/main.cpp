// The one program: kith.
#include <string>
#include <vector>

#include "app/program.hpp"
#include "shell/memory.hpp"

int main(int count, char** arguments) {
  kith::shell::keep_pages_of_large_messages();
  return kith::app::run(std::vector<std::string>(arguments + 1, arguments + count));
}
