// Node processes.
#include "app/devnet_nodes.hpp"

#include <boost/json/array.hpp>

#include "codec/multiaddr.hpp"

namespace kith::app {

namespace json = boost::json;

DevnetNode::DevnetNode(const std::filesystem::path& directory, std::size_t index)
    : directory_(directory / ("node-" + std::to_string(index))), index_(index) {
  std::filesystem::create_directories(directory_);
}

Result<> DevnetNode::start(const std::string& chain, const std::vector<std::string>& bootstrap,
                           const std::vector<std::string>& more) {
  chain_ = chain;
  bootstrap_ = bootstrap;
  more_ = more;
  heard_ = 0;
  rpc_.reset();
  std::vector<std::string> arguments{"node", "--data-dir", directory_.string(), "--network", "devnet", "--chain",
                                     chain,  "--rpc",      "127.0.0.1:0"};
  for (const auto& wire : wires_) {
    const auto own = "/ip4/127." + std::to_string(index_ + 1) + ".0.1/tcp/" + std::to_string(ports_[wire]) + "/" + wire;
    arguments.insert(arguments.end(), {"--wire", wire, "--listen", listen_.empty() ? own : listen_});
  }
  for (const auto& each : bootstrap) {
    arguments.emplace_back("--bootstrap");
    arguments.push_back(each);
  }
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto child = Child::start(arguments, directory_ / "output");
  if (!child) return std::unexpected(child.error());
  child_.emplace(std::move(*child));
  return {};
}

void DevnetNode::ask_to_end() const {
  if (child_) child_->ask_to_end();
}

void DevnetNode::stop() {
  if (child_) child_->stop(std::chrono::seconds(5));
  child_.reset();
}

void DevnetNode::kill() {
  child_->kill();
  child_.reset();
}

Result<> DevnetNode::restart() { return start(std::string(chain_), std::vector(bootstrap_), std::vector(more_)); }

std::expected<json::value, std::string> DevnetNode::ask(std::string_view method, const json::object& params) {
  if (!rpc_) {
    const auto found = find_node(directory_);
    if (!found) return std::unexpected("no node yet");
    rpc_ = *found;
  }
  auto answer = ask_node(*rpc_, method, params);
  // The cookie may be that of a process that was killed: the next question reads it again.
  if (!answer) rpc_.reset();
  return answer;
}

NodeState DevnetNode::state() {
  NodeState out;
  const auto answer = ask("info");
  if (!answer) return out;
  const auto& info = answer->as_object();
  const auto count = [&](const char* key) { return info.at(key).to_number<u64>(); };
  out.answers = true;
  out.id = std::string(info.at("id").as_string());
  for (const auto& each : info.at("listen").as_array()) {
    out.listens.emplace_back(each.as_string());
    if (const auto at = codec::parse_address(out.listens.back())) ports_[at->wire] = at->port;
  }
  out.listen = out.listens.front();
  out.peers_in = count("peers_in");
  out.peers_out = count("peers_out");
  out.addresses = count("addresses");
  if (const auto* tip = info.if_contains("tip")) {
    out.height = tip->as_object().at("height").to_number<u32>();
    out.tip = std::string(tip->as_object().at("hash").as_string());
  }
  return out;
}

std::expected<void, std::string> DevnetNode::publish_block(Bytes block) {
  const auto answer = ask("publish_block", {{"hex", to_hex(block)}});
  if (!answer) return std::unexpected(answer.error());
  return {};
}

std::expected<void, std::string> DevnetNode::publish_note(const std::string& text) {
  const auto answer = ask("publish", {{"kind", "note"}, {"text", text}});
  if (!answer) return std::unexpected(answer.error());
  return {};
}

std::expected<std::string, std::string> DevnetNode::block_hex(const std::string& which) {
  const auto answer = ask("block", {{"which", which}});
  if (!answer) return std::unexpected(answer.error());
  return std::string(answer->as_object().at("hex").as_string());
}

std::optional<NodeNews> DevnetNode::news() {
  const auto answer = ask("events", {{"since", heard_}});
  if (!answer) return std::nullopt;
  NodeNews out;
  const auto& events = answer->as_object().at("events").as_array();
  out.gap = !events.empty() && events[0].as_object().at("number").to_number<u64>() != heard_ + 1;
  heard_ = answer->as_object().at("last").to_number<u64>();
  for (const auto& event : events) {
    const auto& row = event.as_object();
    const auto& what = row.at("event").as_string();
    if (what == "tip") out.tips[row.at("height").to_number<u32>()] = row.at("hash").as_string();
    if (const auto* text = row.if_contains("text"); text && what == "item") out.notes.emplace_back(text->as_string());
  }
  return out;
}

TipTimes DevnetNode::tip_times() {
  TipTimes out;
  const auto answer = ask("events", {{"since", 0}});
  if (!answer) return out;
  for (const auto& event : answer->as_object().at("events").as_array()) {
    const auto& row = event.as_object();
    if (row.at("event").as_string() == "tip")
      out.emplace(row.at("height").to_number<u32>(), row.at("at").to_number<i64>());
  }
  return out;
}

}  // namespace kith::app
