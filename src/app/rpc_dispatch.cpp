// JSON-RPC 2.0: from a body to a method of the table, and back; and the tables as documentation.
#include <boost/json/parse.hpp>

#include "app/options.hpp"
#include "app/rpc_methods.hpp"

namespace kith::app {
namespace {

namespace json = boost::json;

bool fits(Param::Type type, const json::value& value) {
  const bool is_number = value.is_uint64() || (value.is_int64() && value.get_int64() >= 0);
  return type == Param::number ? is_number : value.is_string() || (type == Param::either && is_number);
}

json::object response(const json::value& id) { return {{"jsonrpc", "2.0"}, {"id", id}}; }

json::value error_to(const json::value& id, int code, std::string_view message) {
  auto out = response(id);
  out["error"] = json::object{{"code", code}, {"message", message}};
  return out;
}

/// An id may be text, a number or null; nothing else can be sent back.
bool is_id(const json::value& id) { return id.is_string() || id.is_number() || id.is_null(); }

}  // namespace

const Method* find_method(std::string_view name) {
  const auto all = methods();
  const auto at = std::find_if(all.begin(), all.end(), [&](const Method& each) { return each.name == name; });
  return at == all.end() ? nullptr : &*at;
}

json::value error_response(int code, std::string_view message) { return error_to(nullptr, code, message); }

std::expected<json::object, RpcError> named_params(const Method& method, const json::value* params) {
  const auto bad = [](std::string text) { return std::unexpected(RpcError{rpc_error::bad_params, std::move(text)}); };
  json::object named;
  if (params && params->is_array()) {
    const auto& list = params->get_array();
    if (list.size() > method.params.size()) return bad("too many parameters");
    for (std::size_t i = 0; i < list.size(); ++i) named[method.params[i].name] = list[i];
  } else if (params && params->is_object()) {
    named = params->get_object();
  } else if (params) {
    return bad("params: an object or an array is expected");
  }
  std::size_t known = 0;
  for (const auto& param : method.params) {
    const auto* value = named.if_contains(param.name);
    if (!value && param.required) return bad(std::string(param.name) + ": is missing");
    if (!value) continue;
    ++known;
    if (!fits(param.type, *value))
      return bad(std::string(param.name) +
                 (param.type == Param::number ? ": a number is expected" : ": text is expected"));
  }
  if (known < named.size()) return bad("a parameter that " + std::string(method.name) + " does not have");
  return named;
}

std::variant<json::value, AskAgain> respond(const RpcContext& context, std::string_view body, bool may_wait) {
  boost::system::error_code error;
  const auto request = json::parse(json::string_view(body.data(), body.size()), error);
  if (error) return error_response(rpc_error::parse, "the body is not JSON: " + error.message());
  const auto* object = request.if_object();
  const auto* version = object ? object->if_contains("jsonrpc") : nullptr;
  const auto* name = object ? object->if_contains("method") : nullptr;
  const auto* id = object ? object->if_contains("id") : nullptr;
  if (!version || *version != "2.0" || !name || !name->is_string() || (id && !is_id(*id)))
    return error_response(rpc_error::invalid_request,
                          "one request with jsonrpc \"2.0\", a method and an id is expected");

  const auto* method = find_method(std::string_view(name->get_string()));
  const auto known = method ? named_params(*method, object->if_contains("params")) : json::object{};
  Answer answer;
  if (!method)
    answer = RpcError{rpc_error::no_such_method, "there is no method of this name; see kith ctl --help"};
  else if (!known)
    answer = known.error();
  else
    answer = method->call(context, *known);

  if (const auto* again = std::get_if<AskAgain>(&answer)) {
    if (may_wait) return *again;
    auto otherwise = again->otherwise;
    answer = std::move(otherwise);
  }
  if (!id) return json::value(nullptr);
  if (const auto* failed = std::get_if<RpcError>(&answer)) return error_to(*id, failed->code, failed->message);
  auto out = response(*id);
  out["result"] = std::get<json::value>(std::move(answer));
  return json::value(std::move(out));
}

std::string methods_table() {
  std::string out = "| method | parameters | what it does | example |\n|---|---|---|---|\n";
  for (const auto& method : methods()) {
    if (method.hidden) continue;
    std::string params;
    for (const auto& param : method.params) {
      const std::string name = std::string(params.empty() ? "" : ", ") + "`" + param.name + "`";
      params += name + (param.required ? "" : " (optional)");
    }
    out += "| `" + std::string(method.name) + "` | " + params + " | " + method.help + " | `kith ctl " + method.name +
           (method.example[0] ? " " : "") + method.example + "` |\n";
  }
  out += "\n| code | error | meaning |\n|---|---|---|\n";
  for (const auto& row : rpc_errors())
    out += "| " + std::to_string(row.code) + " | " + row.name + " | " + row.text + " |\n";
  return out;
}

}  // namespace kith::app
