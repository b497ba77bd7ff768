// A new sub-protocol is one line here.
#include "lean/mount.hpp"

#include "lean/addresses.hpp"
#include "lean/gossip.hpp"
#include "lean/mail.hpp"
#include "lean/ping.hpp"
#include "lean/sync.hpp"

namespace kith::lean {

std::vector<std::unique_ptr<core::Protocol>> protocols(const Pace& pace, bool with_ledger,
                                                       const std::optional<MailParts>& mail) {
  std::vector<std::unique_ptr<core::Protocol>> out;
  out.push_back(std::make_unique<Ping>(pace.ping));
  out.push_back(std::make_unique<Addresses>(pace.addresses));
  out.push_back(std::make_unique<Gossip>());
  if (with_ledger) out.push_back(std::make_unique<Sync>());
  if (mail) out.push_back(std::make_unique<Find>(*mail));
  if (mail) out.push_back(std::make_unique<Mail>(*mail));
  return out;
}

}  // namespace kith::lean
