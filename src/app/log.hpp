// Log: one line per thing that happened, as text for people or as JSON for machines, on stderr and in node.log.
#pragma once

#include <memory>

#include <boost/json/object.hpp>

#include "app/log_limit.hpp"
#include "app/options.hpp"

namespace spdlog {
class logger;
}

namespace kith::app {

/// Largest log file, in bytes, and how many older ones are kept.
inline constexpr std::size_t max_log_bytes = 10 * 1024 * 1024;
inline constexpr std::size_t old_logs = 3;

class Log {
 public:
  /// Throws if `file` cannot be written.
  Log(LogLevel level, LogFormat format, const std::filesystem::path& file);
  ~Log();

  /// `what` has an "event"; as text its value comes first and the other fields as name=value. Of each event so many
  /// lines are taken as LogLimit allows, debug lines all; how many were passed over is said before the next one.
  void write(LogLevel level, const boost::json::object& what);

 private:
  void put(LogLevel level, const boost::json::object& what);

  LogFormat format_;
  LogLimit limit_;
  std::unique_ptr<spdlog::logger> logger_;
};

/// A line of the text form, without time and level.
std::string to_line(const boost::json::object& what);

}  // namespace kith::app
