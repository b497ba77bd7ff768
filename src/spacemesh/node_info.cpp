// Nodes in XDR.
#include "spacemesh/node_info.hpp"

namespace kith::spacemesh {
namespace {

constexpr std::size_t v4_size = 4;

u16 read_port(codec::XdrReader& in) {
  const u32 port = in.u32();
  if (port > 0xffff) in.fail();
  return static_cast<u16>(port);
}

}  // namespace

Bytes ip_bytes(const NodeInfo& info) {
  if (!info.ip) return {};
  const Bytes whole(info.ip->bytes);
  return info.ip->is_v4() && !info.mapped ? whole.last(v4_size) : whole;
}

void write_node_info(codec::XdrWriter& out, const NodeInfo& info) {
  out.fixed(info.key).opaque(ip_bytes(info)).u32(info.tcp_port).u32(info.udp_port);
}

NodeInfo read_node_info(codec::XdrReader& in) {
  NodeInfo out;
  out.key = in.fixed<32>();
  const Bytes ip = in.opaque(Ip{}.bytes.size());
  if (ip.size() == v4_size) {
    out.ip = Ip::v4(ip[0], ip[1], ip[2], ip[3]);
  } else if (ip.size() == Ip{}.bytes.size()) {
    out.ip = Ip{take_array<16>(ip)};
    out.mapped = out.ip->is_v4();
  } else if (!ip.empty()) {
    in.fail();
  }
  out.tcp_port = read_port(in);
  out.udp_port = read_port(in);
  return in.ok() ? out : NodeInfo{};
}

}  // namespace kith::spacemesh
