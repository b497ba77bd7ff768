// The two forms of a line, and spdlog behind them.
#include "app/log.hpp"

#include <boost/json/serialize.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace kith::app {
namespace {

namespace json = boost::json;

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

}  // namespace

Log::Log(LogLevel level, LogFormat format, const std::filesystem::path& file) : format_(format) {
  const auto screen = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  const auto disk = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file.string(), max_log_bytes, old_logs);
  logger_ = std::make_unique<spdlog::logger>("kith", spdlog::sinks_init_list{screen, disk});
  logger_->set_level(level_of(level));
  logger_->flush_on(spdlog::level::info);
  logger_->set_pattern(format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                 : "%Y-%m-%d %H:%M:%S.%e %-7l %v",
                       format == LogFormat::json ? spdlog::pattern_time_type::utc : spdlog::pattern_time_type::local);
}

Log::~Log() = default;

void Log::write(LogLevel level, const json::object& what) {
  if (!logger_->should_log(level_of(level))) return;
  const auto* event = what.if_contains("event");
  if (level != LogLevel::debug && event && event->is_string()) {
    const auto now = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
    const auto [may, passed_over] = limit_.take(Time{now}, std::string(event->get_string()));
    if (!may) return;
    if (passed_over > 0)
      put(LogLevel::warning, {{"event", "passed_over"}, {"lines", passed_over}, {"of", event->get_string()}});
  }
  put(level, what);
}

void Log::put(LogLevel level, const json::object& what) {
  // The pattern opens and closes the braces, so that time and level stand first.
  const auto all = format_ == LogFormat::json ? json::serialize(what) : to_line(what);
  const auto line =
      format_ == LogFormat::json ? std::string_view(all).substr(1, all.size() - 2) : std::string_view(all);
  logger_->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

std::string to_line(const json::object& what) {
  std::string out;
  if (const auto* event = what.if_contains("event"); event && event->is_string()) out = event->get_string().c_str();
  for (const auto& [key, value] : what) {
    if (key == "event") continue;
    const bool plain = value.is_string() && value.get_string().find_first_of(" \"=\n") == json::string::npos;
    out += " " + std::string(key) + "=" + (plain ? std::string(value.get_string()) : json::serialize(value));
  }
  return out;
}

}  // namespace kith::app
