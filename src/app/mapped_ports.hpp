// MappedPorts: the ports that a node listens on, opened on the UPnP gateway in front of it while this lives.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "model/address.hpp"
#include "shell/port_mapping.hpp"

namespace kith::app {

/// One for each port that others than this machine could reach, and for UDP too where the wire uses it. `gateway`: see
/// PortMappingConfig.
std::vector<shell::PortMappingConfig> ports_to_map(std::span<const Address> listening, const std::string& gateway);

class MappedPorts {
 public:
  /// Called on threads of its own.
  using Told = std::function<void(u16 port, const Result<shell::Mapped>&)>;
  MappedPorts(const std::vector<shell::PortMappingConfig>& ports, const Told& told);

 private:
  std::vector<std::unique_ptr<shell::PortMapping>> mappings_;
};

}  // namespace kith::app
