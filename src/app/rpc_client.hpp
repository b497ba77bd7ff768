// RPC client: puts one question to a running node.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include <boost/json/object.hpp>

#include "app/rpc.hpp"

namespace kith::app {

/// Where a node is, and the secret that it wants.
struct RpcTarget {
  Address at;
  std::string secret;
};

/// What to tell an operator whose node cannot be found `where` it should be.
std::string no_node_at(const std::string& where);

/// The node whose data directory this is; nothing if none has written its cookie there.
Result<RpcTarget> find_node(const std::filesystem::path& directory);

/// The result, or what went wrong in words for the operator.
std::expected<boost::json::value, std::string> ask_node(const RpcTarget& target, std::string_view method,
                                                        const boost::json::object& params);

}  // namespace kith::app
