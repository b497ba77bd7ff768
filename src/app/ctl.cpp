// From words to a question, and printing the answer for people.
#include "app/ctl.hpp"

#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "app/exit.hpp"
#include "app/log.hpp"
#include "app/options.hpp"
#include "app/rpc_client.hpp"

namespace kith::app {
namespace {

namespace json = boost::json;

struct Wanted {
  std::string method;
  std::vector<std::string> params;
  bool json = false;
  std::string data_dir;
  std::string rpc;
};

int complain(const std::string& text, Exit code = exit_failure) {
  std::cerr << "kith ctl: " << text << "\n";
  return code;
}

std::expected<RpcTarget, std::string> find_node(const Settings& settings, bool rpc_given) {
  const auto cookie = read_cookie(settings.data_dir);
  if (!cookie)
    return std::unexpected(no_node_at(rpc_given ? ip_port(settings.rpc) : settings.data_dir.string()) +
                           " (there is no " + (settings.data_dir / cookie_file).string() + ")");
  // The node wrote where it listens: its port may have been chosen by the system.
  const auto at = rpc_given ? settings.rpc : parse_ip_port(cookie->address).value_or(settings.rpc);
  return RpcTarget{at, cookie->secret};
}

/// A value as the parameter wants it; what is no number stays text, for the node to refuse.
json::value typed(Param::Type type, const std::string& given) {
  boost::system::error_code error;
  if (type == Param::number)
    if (const auto number = json::parse(given, error); !error && number.is_number()) return number;
  return json::value(given);
}

/// Parameters in the order of the table, or as name=value.
std::expected<json::object, std::string> params_of(const Method& method, const std::vector<std::string>& given) {
  json::object out;
  for (const auto& each : given) {
    const auto is_named = [&](const Param& param) { return each.starts_with(std::string(param.name) + "="); };
    const auto is_free = [&](const Param& param) { return !out.contains(param.name); };
    auto at = std::find_if(method.params.begin(), method.params.end(), is_named);
    const bool named = at != method.params.end();
    if (!named) at = std::find_if(method.params.begin(), method.params.end(), is_free);
    if (at == method.params.end()) return std::unexpected("too many parameters for " + std::string(method.name));
    out[at->name] = typed(at->type, named ? each.substr(std::string(at->name).size() + 1) : each);
  }
  for (const auto& param : method.params)
    if (param.required && !out.contains(param.name))
      return std::unexpected(
          fmt::format("{} needs {}, as in: kith ctl {} {}", method.name, param.name, method.name, method.example));
  return out;
}

std::string cell(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (const auto* list = value.if_array()) {
    std::string out;
    for (const auto& each : *list) out += (out.empty() ? "" : ", ") + cell(each);
    return out;
  }
  if (const auto* object = value.if_object()) {
    std::string out;
    for (const auto& [key, each] : *object) out += (out.empty() ? "" : " ") + std::string(key) + "=" + cell(each);
    return out;
  }
  return json::serialize(value);
}

void print_object(const json::object& object) {
  std::size_t width = 0;
  for (const auto& [key, value] : object) width = std::max(width, key.size());
  for (const auto& [key, value] : object) fmt::print("{:<{}}  {}\n", std::string_view(key), width, cell(value));
}

/// One line an object, one column a key; rows may lack some.
void print_table(const json::array& rows) {
  std::vector<std::string> keys;
  std::map<std::string, std::size_t> widths;
  for (const auto& row : rows) {
    for (const auto& [key, value] : row.as_object()) {
      const auto [at, is_new] = widths.emplace(key, key.size());
      if (is_new) keys.emplace_back(key);
      at->second = std::max(at->second, cell(value).size());
    }
  }
  for (const auto& key : keys) fmt::print("{:<{}}  ", key, widths[key]);
  if (!keys.empty()) fmt::print("\n");
  for (const auto& row : rows) {
    for (const auto& key : keys) {
      const auto* value = row.get_object().if_contains(key);
      fmt::print("{:<{}}  ", value ? cell(*value) : "", widths[key]);
    }
    fmt::print("\n");
  }
  if (rows.empty()) fmt::print("none\n");
}

/// Events differ too much for a table: a line each, as in the log.
void print_events(const json::array& events) {
  for (const auto& event : events) fmt::print("{}\n", to_line(event.as_object()));
  if (events.empty()) fmt::print("none\n");
}

void print(const json::value& value) {
  const auto* object = value.if_object();
  const auto* events = object ? object->if_contains("events") : nullptr;
  if (events && events->is_array())
    print_events(events->get_array());
  else if (object)
    print_object(*object);
  else if (const auto* rows = value.if_array())
    print_table(*rows);
  else
    fmt::print("{}\n", value.is_bool() ? "done" : cell(value));
}

/// Asks how it ended until it has.
std::expected<json::value, std::string> wait_for_end(const RpcTarget& target, const char* method,
                                                     const json::object& begun) {
  while (true) {
    auto end = ask_node(target, method, begun);
    const auto* object = end ? end->if_object() : nullptr;
    const auto* event = object ? object->if_contains("event") : nullptr;
    if (!event || *event != "under way") return end;
  }
}

int print_delivery(const json::object& end) {
  const bool acknowledged = end.at("acknowledged").as_bool();
  const auto seconds = static_cast<double>(end.at("ms").to_number<u64>()) / 1000;
  if (acknowledged)
    fmt::print("acknowledged by {} in {:.3f} s ({})\n", cell(end.at("to")), seconds, cell(end.at("way")));
  else
    fmt::print("unreachable: {} did not acknowledge within {:.1f} s\n", cell(end.at("to")), seconds);
  return acknowledged ? exit_ok : exit_failure;
}

/// Two words may name a method: `tx send` is tx_send.
Wanted joined(Wanted wanted) {
  if (find_method(wanted.method) || wanted.params.empty()) return wanted;
  const auto both = wanted.method + "_" + wanted.params.front();
  if (!find_method(both)) return wanted;
  wanted.method = both;
  wanted.params.erase(wanted.params.begin());
  return wanted;
}

int call(const Wanted& wanted) {
  const auto* method = find_method(wanted.method);
  if (!method) {
    std::vector<std::string> names;
    for (const auto& each : methods()) names.emplace_back(each.name);
    return complain(wanted.method + ": there is no such method" + suggestion(wanted.method, names), exit_usage);
  }
  const auto params = params_of(*method, wanted.params);
  if (!params) return complain(params.error(), exit_usage);
  Sources sources{.flags = {}, .environment = process_environment(), .file = {}};
  if (!wanted.data_dir.empty()) sources.flags["data-dir"] = {wanted.data_dir};
  if (!wanted.rpc.empty()) sources.flags["rpc"] = {wanted.rpc};
  const auto settings = read_settings(sources);
  if (!settings) return complain(settings.error().text, exit_usage);
  const auto target = find_node(*settings, !wanted.rpc.empty());
  if (!target) return complain(target.error());
  auto result = ask_node(*target, method->name, *params);
  if (result && method->then) result = wait_for_end(*target, method->then, result->as_object());
  if (!result) return complain(result.error());
  if (wanted.json)
    fmt::print("{}\n", json::serialize(*result));
  else if (const auto* end = result->if_object(); end && end->contains("acknowledged"))
    return print_delivery(*end);
  else
    print(*result);
  return exit_ok;
}

std::string help() {
  std::string out = "Methods:\n";
  for (const auto& method : methods()) {
    if (method.hidden) continue;
    std::string usage = method.name;
    for (const auto& param : method.params)
      usage += param.required ? fmt::format(" {}", param.name) : fmt::format(" [{}]", param.name);
    out += fmt::format("  {:<28} {}\n", usage, method.help);
    if (method.example[0]) out += fmt::format("  {:<28}   kith ctl {} {}\n", "", method.name, method.example);
  }
  return out + "\nExample: kith ctl peers --data-dir ./n1";
}

}  // namespace

void add_ctl(CLI::App& app, std::function<int()>& run) {
  auto* ctl = app.add_subcommand("ctl", "Ask a running node");
  ctl->footer(help());
  const auto wanted = std::make_shared<Wanted>();
  ctl->add_option("METHOD", wanted->method, "What to ask")->required();
  ctl->add_option("PARAMS", wanted->params, "Its parameters, in order or as name=value");
  ctl->add_flag("--json", wanted->json, "Print the result as JSON");
  ctl->add_option("--data-dir", wanted->data_dir, "The node's data directory, where its cookie is");
  ctl->add_option("--rpc", wanted->rpc, "Where the node listens, if not where its cookie says");
  ctl->callback([&run, wanted] { run = [wanted] { return call(joined(*wanted)); }; });
}

}  // namespace kith::app
