// Pings and addresses.
#include "spacemesh/discovery.hpp"

#include "base/check.hpp"

namespace kith::spacemesh {
namespace {

/// Least bytes of a node in a list: with no address.
constexpr std::size_t least_entry = 4 + 32 + 4 + 4 + 4;

}  // namespace

NodeInfo own_info(const crypto::Key& key, u16 tcp_port, u16 udp_port) {
  return {key, Ip::v4(0, 0, 0, 0), true, tcp_port, udp_port};
}

Buffer encode(const NodeInfo& info) {
  Buffer out;
  codec::XdrWriter write(out);
  write_node_info(write, info);
  return out;
}

Result<NodeInfo> decode_pong(Bytes data) {
  codec::XdrReader in(data);
  const auto out = read_node_info(in);
  if (!in.ok()) return fail(Fault::malformed, "node");
  return out;
}

Result<NodeInfo> decode_ping(Bytes body) {
  const auto out = decode_pong(body);
  if (out && !out->ip) return fail(Fault::malformed, "a ping without an address");
  if (out && (out->tcp_port == 0 || out->udp_port == 0)) return fail(Fault::malformed, "a ping without a port");
  return out;
}

Buffer encode_addresses(std::span<const NodeInfo> nodes) {
  check(nodes.size() <= max_addresses, "more addresses than anybody takes");
  Buffer out;
  codec::XdrWriter write(out);
  write.u32(static_cast<u32>(nodes.size()));
  for (const auto& node : nodes) {
    write.boolean(true);
    write_node_info(write, node);
  }
  return out;
}

Result<std::vector<NodeInfo>> decode_addresses(Bytes data) {
  codec::XdrReader in(data);
  const u32 count = in.u32();
  if (count > max_addresses) return fail(Fault::oversize, "addresses");
  if (!in.ok() || count * least_entry > in.left()) return fail(Fault::malformed, "addresses");
  std::vector<NodeInfo> out;
  out.reserve(count);
  for (u32 i = 0; i < count && in.ok(); ++i) {
    if (!in.boolean()) return fail(Fault::malformed, "a node that is none");
    out.push_back(read_node_info(in));
  }
  if (!in.ok()) return fail(Fault::malformed, "addresses");
  return out;
}

}  // namespace kith::spacemesh
