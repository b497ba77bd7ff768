// RPC methods: the one table of what a running node can be asked; dispatch, `kith ctl --help` and the documentation are
// made from it.
#pragma once

#include <expected>
#include <span>
#include <variant>

#include <boost/json/value.hpp>

#include "app/events.hpp"
#include "app/node.hpp"

namespace kith::app {

/// Longest time that `events` and `delivery` wait for something to happen.
inline constexpr auto max_event_wait = std::chrono::seconds(10);

struct RpcError {
  int code = 0;
  std::string message;
};
struct RpcErrorRow {
  int code;
  const char* name;
  const char* text;
};
namespace rpc_error {
inline constexpr int parse = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int no_such_method = -32601;
inline constexpr int bad_params = -32602;
inline constexpr int not_found = -32001;
inline constexpr int no_ledger = -32002;
inline constexpr int refused = -32003;
inline constexpr int no_pool = -32004;
}  // namespace rpc_error
std::span<const RpcErrorRow> rpc_errors();

/// What a method sees: the node during one turn.
struct RpcContext {
  Node& node;
  core::World& world;
  const core::Turn& turn;
  const Events& events;
  const Events& round_trips;
  Time started;
  Address listening;
  /// Set by a method after whose answer the node is to stop.
  bool& stop;
};

/// The answer is to be asked for again when an event comes, or at the latest after so long; then it is `otherwise`.
struct AskAgain {
  Duration within{};
  boost::json::value otherwise;
};
using Answer = std::variant<boost::json::value, RpcError, AskAgain>;

struct Param {
  const char* name;
  enum Type : u8 { text, number, either } type = text;
  bool required = true;
};

struct Method {
  const char* name;
  std::vector<Param> params;
  const char* help;
  /// Parameters as on the command line.
  const char* example;
  /// `params` has only known names, all that are required, and values of the right types.
  Answer (*call)(const RpcContext& context, const boost::json::object& params);
  /// For devnets and tests; not in help.
  bool hidden = false;
  /// The method that tells how what this one began has ended: `kith ctl` asks it with this one's result, and waits.
  const char* then = nullptr;
};
std::span<const Method> methods();
const Method* find_method(std::string_view name);

/// Parameters by name, from a JSON object or array; nothing else will do.
std::expected<boost::json::object, RpcError> named_params(const Method& method, const boost::json::value* params);

/// One request, or what is not one, to its response; null for a notification. AskAgain only if `may_wait`.
std::variant<boost::json::value, AskAgain> respond(const RpcContext& context, std::string_view body, bool may_wait);
/// An error response to a request that has no id.
boost::json::value error_response(int code, std::string_view message);

/// Methods and errors as Markdown tables.
std::string methods_table();

}  // namespace kith::app
