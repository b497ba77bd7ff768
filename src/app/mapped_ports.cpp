// Which ports are worth mapping.
#include "app/mapped_ports.hpp"

#include <algorithm>

#include "spacemesh/node_info.hpp"

namespace kith::app {

std::vector<shell::PortMappingConfig> ports_to_map(std::span<const Address> listening, const std::string& gateway) {
  std::vector<shell::PortMappingConfig> out;
  for (const auto& address : listening) {
    if (address.ip.is_loopback()) continue;
    auto at = std::ranges::find(out, address.port, &shell::PortMappingConfig::port);
    if (at == out.end()) at = out.insert(at, {.port = address.port, .gateway = gateway});
    at->udp |= address.wire == spacemesh::wire_word;
  }
  return out;
}

MappedPorts::MappedPorts(const std::vector<shell::PortMappingConfig>& ports, const Told& told) {
  for (const auto& config : ports)
    mappings_.push_back(std::make_unique<shell::PortMapping>(
        config, [told, port = config.port](const Result<shell::Mapped>& now) { told(port, now); }));
}

}  // namespace kith::app
