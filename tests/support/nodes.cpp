// Notes are items of the smallest authored kind: any payload will do.
#include "support/nodes.hpp"

#include "lean/envelope.hpp"

namespace kith::testing {

using sim::Network;
using sim::NodeIndex;

sim::NodeSpec with_notes(const Network& network, sim::NodeSpec spec) {
  const auto taken = [](const lean::Envelope&) { return Verdict::accept; };
  spec.kinds = {lean::authored("note", largest_note, Priority::item, network.id(), taken)};
  return spec;
}

Result<> publish(Network& network, NodeIndex node, std::size_t size, u8 fill) {
  lean::Envelope envelope{.author = {},
                          .version = sim::node_version,
                          .time = network.utc(node),
                          .protocol = "note",
                          .payload = Buffer(size, fill)};
  lean::sign_envelope(envelope, network.identity(node), network.id());
  return network.command(node, [&](core::Host& host, core::Turn& turn) {
    return host.publish_item(turn, note_kind, Body(lean::encode_envelope(envelope)));
  });
}

Notes::Notes(Network& network) : counts_(std::make_shared<std::map<NodeIndex, std::size_t>>()) {
  network.watch([counts = counts_](NodeIndex node, const core::Event& event) {
    if (std::holds_alternative<core::ItemAccepted>(event)) ++(*counts)[node];
  });
}

std::size_t Notes::at(NodeIndex node) const {
  const auto at = counts_->find(node);
  return at == counts_->end() ? 0 : at->second;
}

bool Notes::all_have(const Network& network, std::size_t count) const {
  for (NodeIndex node = 0; node < network.size(); ++node)
    if (network.is_up(node) && at(node) != count) return false;
  return true;
}

std::string wrongly_blamed(const Network& network, std::span<const NodeIndex> adversaries) {
  const auto is_bad = [&](NodeIndex node) {
    return std::find(adversaries.begin(), adversaries.end(), node) != adversaries.end();
  };
  std::string out;
  for (const auto& blame : network.blamed()) {
    if (is_bad(blame.by) || (blame.whom && is_bad(*blame.whom))) continue;
    out += std::to_string(blame.at.time_since_epoch().count()) + " us: " + std::to_string(blame.by) + " blames " +
           (blame.whom ? std::to_string(*blame.whom) : "somebody") + ": " + std::string(to_text(blame.error.fault)) +
           " (" + blame.error.what + ")\n";
  }
  return out;
}

bool blamed(const Network& network, NodeIndex node) {
  const auto& all = network.blamed();
  return std::any_of(all.begin(), all.end(), [&](const sim::Blame& blame) { return blame.whom == node; });
}

bool is_whole(const Network& network) {
  const auto graph = sim::graph_of(network);
  std::size_t off = 0;
  for (NodeIndex node = 0; node < network.size(); ++node) off += network.is_up(node) ? 0u : 1u;
  // A node that is off is a component of its own.
  return sim::figures_of(graph).components == off + 1;
}

}  // namespace kith::testing
