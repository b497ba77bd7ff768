// What a gateway that maps ports says of itself: replies to a search, and the URLs in them.
#include "base/check.hpp"
#include "shell/upnp.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const kith::u8* data, std::size_t size) {
  using namespace kith;
  const Bytes input(data, size);
  const auto here = Ip::v4(192, 168, 1, 1);
  const auto found = shell::parse_search_reply(as_text(input), here);
  check(!found || found->ip == here, "led to another machine");
  const auto url = shell::parse_gateway_url(as_text(input));
  check(!url || (url->path.starts_with('/') && url->port != 0 && url->ip.is_v4()), "a URL that cannot be");
  return 0;
}
