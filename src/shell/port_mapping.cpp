// Map, wait, map again; take back at the end whatever may have been mapped.
#include "shell/port_mapping.hpp"

#include <algorithm>
#include <stop_token>
#include <tuple>

#include "base/check.hpp"

namespace kith::shell {
namespace {

bool same(const Result<Mapped>& a, const Result<Mapped>& b) {
  if (a && b) return *a == *b;
  return !a && !b && a.error().fault == b.error().fault && std::string_view(a.error().what) == b.error().what;
}

/// For the same machine of ours.
bool same_place(const Gateway& a, const Gateway& b) {
  return a.control == b.control && a.service == b.service && a.ours == b.ours;
}

}  // namespace

Duration pause_after(u32 failures, const PortMappingConfig& config) {
  auto out = config.first_pause;
  for (u32 i = 1; i < failures && out < config.longest_pause; ++i) out *= 2;
  return std::min(out, config.longest_pause);
}

PortMapping::PortMapping(PortMappingConfig config, Changed changed)
    : config_(std::move(config)), changed_(std::move(changed)) {
  check(config_.port != 0, "a mapping without a port");
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void PortMapping::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void PortMapping::run(const std::stop_token& stop) {
  const std::stop_callback interrupt(stop, [this] { waits_.interrupt(); });
  u32 failures = 0;
  while (!waits_.interrupted()) {
    auto now = map();
    if (waits_.interrupted()) break;
    failures = now ? 0 : failures + 1;
    const auto pause = now ? config_.lease / 2 : pause_after(failures, config_);
    tell(std::move(now));
    waits_.sleep(pause);
  }
  waits_.resume(config_.stop_within);
  unmap();
}

void PortMapping::tell(Result<Mapped> now) {
  if (told_ && same(*told_, now)) return;
  told_ = now;
  changed_(now);
}

Result<Mapped> PortMapping::map() {
  std::vector<GatewayUrl> descriptions;
  if (config_.gateway.empty()) {
    descriptions = search_gateways(waits_, config_.search_at, config_.search_within);
  } else {
    auto given = parse_gateway_url(config_.gateway);
    if (!given) return fail(Fault::bad_config, given.error().what);
    descriptions.push_back(std::move(*given));
  }
  Result<Mapped> out = fail(Fault::unreachable, "no gateway answers the search");
  for (const auto& each : descriptions)
    if (!out && !waits_.interrupted()) out = map_on(each);
  return out;
}

Result<Mapped> PortMapping::map_on(const GatewayUrl& description) {
  const auto gateway = open_gateway(waits_, description, config_.answer_within);
  if (!gateway) return std::unexpected(gateway.error());
  // The old one, or our old address, keeps nothing; else what is held would grow with each gateway that comes and goes.
  if (gateway_ && !same_place(*gateway_, *gateway)) unmap();
  if (waits_.interrupted()) return fail(Fault::shutting_down);
  gateway_ = *gateway;
  Mapped out{gateway->external, config_.port, false};
  for (const std::string_view protocol : {"TCP", "UDP"}) {
    if (protocol == "UDP" && !config_.udp) continue;
    if (waits_.interrupted()) return fail(Fault::shutting_down);
    std::erase(held_, protocol);
    held_.push_back(protocol);
    const auto permanent =
        add_mapping(waits_, *gateway, {protocol, config_.port, config_.lease}, config_.answer_within);
    if (!permanent) {
      // The port is another's there: nothing of ours is to be taken back.
      if (permanent.error().fault == Fault::refused) std::erase(held_, protocol);
      return std::unexpected(permanent.error());
    }
    out.permanent |= *permanent;
  }
  return out;
}

void PortMapping::unmap() {
  for (const auto protocol : held_)
    std::ignore = delete_mapping(waits_, *gateway_, protocol, config_.port, config_.answer_within);
  if (!waits_.interrupted()) held_.clear();
}

}  // namespace kith::shell
