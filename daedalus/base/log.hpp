#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace daedalus {

enum class LogLevel { debug, info, warning, error };

struct LogOptions {
  LogLevel level = LogLevel::info;
  std::string file;  ///< Also written there, 10 MB a file, 5 files; empty: stderr only.
};

/// Sets up the process's log: one line an event, to stderr, with time and level.
void start_log(const LogOptions& options);
void write_log(LogLevel level, std::string_view line);

template <class... Args>
void log_info(fmt::format_string<Args...> text, Args&&... args) {
  write_log(LogLevel::info, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void log_warning(fmt::format_string<Args...> text, Args&&... args) {
  write_log(LogLevel::warning, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(fmt::format_string<Args...> text, Args&&... args) {
  write_log(LogLevel::error, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace daedalus
