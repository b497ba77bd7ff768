// The RPC method that tells figures: connections, bytes, queues, items and what is known of others.
#pragma once

#include "app/rpc_methods.hpp"

namespace kith::app {

Answer metrics(const RpcContext& context, const boost::json::object& params);

}  // namespace kith::app
