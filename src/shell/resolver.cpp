// A question is open until it is answered or too old; whichever comes second finds it closed.
#include "shell/resolver.hpp"

#include <boost/asio/post.hpp>

namespace kith::shell {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

bool fits(const asio::ip::address& address, int family) { return family == 0 || family == (address.is_v4() ? 4 : 6); }

}  // namespace

void Resolver::resolve(const Endpoint& endpoint) {
  if (open_.size() >= max_resolving) return asio::post(io_, [this, endpoint] { answer_(endpoint, {}); });
  const u64 number = next_number_++;
  auto& question = open_.emplace(number, Question{endpoint, tcp::resolver(io_), asio::steady_timer(io_)}).first->second;
  question.deadline.expires_after(resolve_within);
  question.deadline.async_wait([this, number](const error_code& error) {
    if (!error) close(number, {});
  });
  question.resolver.async_resolve(endpoint.dns, "0", asio::ip::resolver_base::numeric_service,
                                  [this, number, family = endpoint.family](const error_code&, const auto& found) {
                                    std::vector<Ip> ips;
                                    for (const auto& entry : found)
                                      if (fits(entry.endpoint().address(), family) && ips.size() < max_resolved)
                                        ips.push_back(to_ip(entry.endpoint().address()));
                                    close(number, ips);
                                  });
}

void Resolver::close(u64 number, std::span<const Ip> ips) {
  const auto question = open_.extract(number);
  if (!question.empty()) answer_(question.mapped().endpoint, ips);
}

}  // namespace kith::shell
