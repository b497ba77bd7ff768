// The answers of a SOCKS proxy: whatever they are, the talk ends, and asks for no more than its bound.
#include "shell/socks.hpp"

#include "base/check.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  Bytes input(data, size);
  const bool with_login = !input.empty() && (input[0] & 1) != 0;
  shell::SocksClient client({std::string("seed.example"), 7513},
                            with_login ? std::optional(shell::SocksLogin{"user", "password"}) : std::nullopt);
  input = input.subspan(std::min<std::size_t>(input.size(), 1));
  int steps = 0;
  while (client.wants() > 0 && client.wants() <= input.size()) {
    const auto wanted = client.wants();
    check(wanted <= shell::max_socks_text + 2, "more is wanted than the bound");
    if (!client.take(input.first(wanted))) return 0;
    check(client.output().size() <= 2 * shell::max_socks_text + 3, "more is sent than the bound");
    input = input.subspan(wanted);
    check(++steps <= 4, "a talk that does not end");
  }
  return 0;
}
