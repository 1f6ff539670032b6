#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "daedalus/bronze/import.hpp"
#include "daedalus/capture/process_lock.hpp"
#include "daedalus/capture/seal_settings.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

struct Arguments {
  std::string format;
  std::string exchange;
  std::string symbol;
  std::string source;
  int64_t segment_max_mb = 0;
  std::string time_key;
  std::string frame_key;
  std::vector<std::string> files;
};

/// On a terminal one line that is drawn over; elsewhere a line every ten seconds.
class Progress {
 public:
  void operator()(const ImportReport& report) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < (is_terminal_ ? std::chrono::milliseconds(100) : std::chrono::seconds(10))) {
      return;
    }
    last_ = now;
    fmt::print(stderr, "{}import: {} records, {} segments{}", is_terminal_ ? "\r" : "",
               report.records, report.segments, is_terminal_ ? "" : "\n");
    std::fflush(stderr);
    drawn_ = is_terminal_;
  }
  void end() const {
    if (drawn_) fmt::print(stderr, "\r{:60}\r", "");
  }

 private:
  bool is_terminal_ = isatty(STDERR_FILENO) != 0;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

void print_summary(const std::string& source, const ImportReport& report) {
  fmt::print("{}: {} records in {} segments\n", source, report.records, report.segments);
  fmt::print("  frames\n");
  for (const auto& [name, count] : report.frames) fmt::print("    {:<18} {:>12}\n", name, count);
  fmt::print("  bronze rows\n");
  for (const auto& [name, count] : report.rows) fmt::print("    {:<18} {:>12}\n", name, count);
  if (!report.rows.contains("gaps")) fmt::print("    {:<18} {:>12}\n", "gaps", 0);
  if (report.rows.size() == 1 && report.rows.begin()->first == "unknown") {
    fmt::print("  not one message is known: is this another exchange's traffic?\n");
  }
  for (const std::string& warning : report.warnings) fmt::print("  {}\n", warning);
}

Result<ImportReport> run(const Arguments& arguments, const GlobalOptions& global,
                         std::string& source) {
  DAEDALUS_TRY(const Config config, load_settings(global));
  DAEDALUS_TRY(const Exchange* exchange, find_exchange(arguments.exchange));
  source = arguments.source.empty() ? "import_" + arguments.exchange : arguments.source;
  DAEDALUS_OK(check_source_name(source));
  ImportOptions options;
  DAEDALUS_TRY(options.seal, seal_settings(config, source, *exchange));
  options.format = arguments.format;
  if (!arguments.symbol.empty()) {
    options.recording.symbol = exchange->native_symbol(arguments.symbol);
  }
  options.recording.time_key = arguments.time_key;
  options.recording.frame_key = arguments.frame_key;
  const int64_t max_mb =
      arguments.segment_max_mb > 0 ? arguments.segment_max_mb : config.journal.segment_max_mb;
  options.limits = {
      .max_bytes = max_mb << 20,
      .max_age = Nanoseconds(config.journal.segment_max_age_seconds * kNanosPerSecond)};
  DAEDALUS_TRY(const ProcessLock lock, ProcessLock::take(options.seal.root.lock_file()));
  Progress progress;
  options.on_progress = std::ref(progress);
  auto report = import_recordings(options, arguments.files);
  progress.end();
  return report;
}

std::string and_more(int64_t count) {
  return count == 1 ? std::string() : fmt::format(" (and {} more)", count - 1);
}

int finish(const Arguments& arguments, const GlobalOptions& global) {
  std::string source;
  const auto report = run(arguments, global, source);
  if (!report) return report_error(report.error());
  print_summary(source, *report);
  const auto unparsable = report->frames.find("unparsable");
  if (unparsable != report->frames.end()) {
    fmt::print(stderr, "daedalus: could not parse: {}{}; the journal keeps it\n",
               report->first_unparsable, and_more(unparsable->second));
  }
  if (report->unreadable_lines == 0) return kExitDone;
  fmt::print(stderr, "daedalus: not all could be read: {}{}; what is whole is imported\n",
             report->first_unreadable, and_more(report->unreadable_lines));
  return kExitFailed;
}

}  // namespace

std::function<int()> declare_import(CLI::App& app, const GlobalOptions& global) {
  auto arguments = std::make_shared<Arguments>();
  std::string formats;
  for (const RecordingFormat& format : recording_formats()) {
    formats +=
        fmt::format("{}{} ({})", formats.empty() ? "" : "; ", format.name, format.description);
  }
  app.add_option("--from", arguments->format, "Format: " + formats)->required();
  app.add_option("--exchange", arguments->exchange, "Whose traffic it is")->required();
  app.add_option("--symbol", arguments->symbol, "Symbol that book images without a name are of");
  app.add_option("--source", arguments->source, "Name of the source (default: import_<exchange>)");
  app.add_option("--segment-max-mb", arguments->segment_max_mb, "Ends a segment by size (128)")
      ->check(CLI::Range(1, 4096));
  app.add_option("--time-key", arguments->time_key, "ndjson: key of the receive time");
  app.add_option("--frame-key", arguments->frame_key, "ndjson: key of the frame");
  app.add_option("files", arguments->files,
                 "Recordings, oldest first; an import that was cut short is finished by the same "
                 "command")
      ->required();
  return [arguments, &global] { return finish(*arguments, global); };
}

}  // namespace daedalus
