// The one program: kith.
#include <string>
#include <vector>

#include "app/program.hpp"

int main(int count, char** arguments) {
  return kith::app::run(std::vector<std::string>(arguments + 1, arguments + count));
}
