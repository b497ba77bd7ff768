// Node processes.
#include "app/devnet_nodes.hpp"

#include <boost/json/array.hpp>

namespace kith::app {

namespace json = boost::json;

DevnetNode::DevnetNode(const std::filesystem::path& directory, std::size_t index)
    : directory_(directory / ("node-" + std::to_string(index))), index_(index) {
  std::filesystem::create_directories(directory_);
}

Result<> DevnetNode::start(const std::string& chain, const std::vector<std::string>& bootstrap) {
  const auto listen = "/ip4/127." + std::to_string(index_ + 1) + ".0.1/tcp/0/lean";
  std::vector<std::string> arguments{"node",       "--data-dir", directory_.string(), "--network", "devnet",
                                     "--chain",    chain,        "--listen",          listen,      "--rpc",
                                     "127.0.0.1:0"};
  for (const auto& each : bootstrap) {
    arguments.emplace_back("--bootstrap");
    arguments.push_back(each);
  }
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

std::expected<json::value, std::string> DevnetNode::ask(std::string_view method, const json::object& params) {
  if (!rpc_) {
    const auto found = find_node(directory_);
    if (!found) return std::unexpected("no node yet");
    rpc_ = *found;
  }
  return ask_node(*rpc_, method, params);
}

NodeState DevnetNode::state() {
  NodeState out;
  const auto answer = ask("info");
  if (!answer) return out;
  const auto& info = answer->as_object();
  const auto count = [&](const char* key) { return info.at(key).to_number<u64>(); };
  out.answers = true;
  out.id = std::string(info.at("id").as_string());
  out.listen = std::string(info.at("listen").as_array().at(0).as_string());
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
