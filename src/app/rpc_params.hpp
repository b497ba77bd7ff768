// What RPC methods share: their parameters, and the errors that several of them give.
#pragma once

#include <boost/json/object.hpp>

#include "app/rpc_methods.hpp"

namespace kith::app {

inline RpcError bad_params(std::string message) { return {rpc_error::bad_params, std::move(message)}; }
inline RpcError no_ledger() { return {rpc_error::no_ledger, "this node keeps no chain: start it with --chain"}; }
inline RpcError refused(const Error& error) {
  return {rpc_error::refused, std::string(to_text(error.fault)) + (error.what[0] ? ": " : "") + error.what};
}

/// Empty where it is not given.
inline std::string text_param(const boost::json::object& params, const char* name) {
  const auto* value = params.if_contains(name);
  if (!value) return {};
  return value->is_string() ? std::string(value->get_string()) : std::to_string(value->to_number<u64>());
}
inline u64 number_param(const boost::json::object& params, const char* name, u64 fallback) {
  const auto* value = params.if_contains(name);
  return value ? value->to_number<u64>() : fallback;
}

}  // namespace kith::app
