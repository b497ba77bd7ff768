// What the scenarios of change have in common.
#include "sim/change.hpp"

#include "base/check.hpp"
#include "base/writer.hpp"
#include "lean/envelope.hpp"

namespace kith::sim {

std::size_t components_of(const Network& network, const std::vector<bool>& which, const std::vector<bool>& through) {
  const Graph graph = graph_of(network);
  std::vector<bool> seen(graph.size());
  std::size_t out = 0;
  for (NodeIndex node = 0; node < graph.size(); ++node) {
    if (!which[node] || seen[node]) continue;
    ++out;
    std::vector<NodeIndex> reached{node};
    seen[node] = true;
    for (std::size_t i = 0; i < reached.size(); ++i)
      for (const NodeIndex next : graph[reached[i]]) {
        if (seen[next] || !(which[next] || through[next])) continue;
        seen[next] = true;
        reached.push_back(next);
      }
  }
  return out;
}

Result<ItemHash> publish_item(Network& network, NodeIndex node, std::string_view text, u64 number, std::size_t size) {
  lean::Envelope envelope{
      .author = {}, .version = node_version, .time = network.utc(node), .protocol = std::string(text), .payload = {}};
  Writer(envelope.payload).u64be(number).zeros(size - std::min(size, sizeof(number)));
  lean::sign_envelope(envelope, network.identity(node), network.id());
  const Body body(lean::encode_envelope(envelope));
  const auto& kinds = network.host(node).kinds();
  const auto kind = std::ranges::find(kinds, text, &core::Kind::text);
  check(kind != kinds.end(), "a kind that the node does not take");
  const auto published = network.command(node, [&](core::Host& host, core::Turn& turn) {
    return host.publish_item(turn, static_cast<u16>(kind - kinds.begin()), body);
  });
  if (!published) return std::unexpected(published.error());
  return lean::envelope_hash(body.bytes());
}

Accepted::Accepted(Network& network) {
  network.watch([this](NodeIndex node, const core::Event& event) {
    if (const auto* item = std::get_if<core::ItemAccepted>(&event)) items_.emplace(node, item->item.id.hash);
  });
}

}  // namespace kith::sim
