// The RPC methods about transactions that wait for a block, coins, and blocks that are made here.
#pragma once

#include "app/rpc_methods.hpp"

namespace kith::app {

Answer tx_send(const RpcContext& context, const boost::json::object& params);
Answer tx_get(const RpcContext& context, const boost::json::object& params);
Answer mempool(const RpcContext& context, const boost::json::object& params);
Answer coins(const RpcContext& context, const boost::json::object& params);
Answer mine(const RpcContext& context, const boost::json::object& params);
Answer mining(const RpcContext& context, const boost::json::object& params);

}  // namespace kith::app
