#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>

#include "daedalus/base/log.hpp"
#include "daedalus/base/version.hpp"
#include "daedalus/capture/pipeline.hpp"
#include "daedalus/cli/above_zero.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/live_tap.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/cli/source_arguments.hpp"
#include "daedalus/cli/stop_signals.hpp"
#include "daedalus/etl/live_sink.hpp"

namespace daedalus {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kStatisticsEvery{60};
constexpr std::chrono::seconds kStopPatience{10};
constexpr size_t kLiveBytes = size_t{64} << 20;
constexpr timespec kPoll{.tv_sec = 0, .tv_nsec = 50'000'000};

struct Arguments {
  SourceArguments source;
  std::string raw_format;
  bool live_features = false;
  double duration_s = 0;
};

std::string first_line(const Config& config, const std::string& config_path,
                       const std::vector<SourcePlan>& plans) {
  std::string venues;
  size_t symbols = 0;
  for (const SourcePlan& plan : plans) {
    const std::string name(plan.exchange->name);
    if (venues.find(name) == std::string::npos) venues += (venues.empty() ? "" : ", ") + name;
    symbols += plan.symbols.size();
  }
  return fmt::format(
      "daedalus {} · config {} · data root {} · venues {} · {} connection(s) · {} symbol(s)",
      kVersion, config_path.empty() ? "none" : config_path, config.data_root, venues,
      count_connections(plans), symbols);
}

/// Runs until something ends it; a second signal during the stop forces.
int watch(Pipeline& pipeline, const sigset_t& signals, double duration_s) {
  const auto started = Clock::now();
  auto next_statistics = started + kStatisticsEvery;
  std::optional<Clock::time_point> stopping;
  const auto stop = [&](const std::string& why) {
    log_info("stopping: {}", why);
    stopping = Clock::now();
    pipeline.stop(why);
  };
  while (!pipeline.finished() || !stopping) {
    const int signal = ::sigtimedwait(&signals, nullptr, &kPoll);
    const auto now = Clock::now();
    if (signal > 0 && stopping) {
      log_error("a second signal: ending at once; the next start seals what is left");
      ::_exit(kExitFailed);
    }
    if (!stopping) {
      const bool over =
          duration_s > 0 && now - started >= std::chrono::duration<double>(duration_s);
      if (signal > 0)
        stop(signal == SIGINT ? "SIGINT" : "SIGTERM");
      else if (over)
        stop("the duration is over");
      else if (pipeline.failed())
        stop("a failure, see above");
    } else if (now - *stopping > kStopPatience) {
      log_warning("still sealing after {} s", (now - started) / std::chrono::seconds(1));
      stopping = now;
    }
    if (now >= next_statistics) {
      next_statistics += kStatisticsEvery;
      for (const std::string& line : pipeline.statistics_lines()) log_info("{}", line);
    }
  }
  for (const std::string& line : pipeline.statistics_lines()) log_info("at the end: {}", line);
  return pipeline.failed() ? kExitFailed : kExitDone;
}

LiveSinkOptions live_sink_options(const Config& config) {
  return {.folder = config.data_root + "/live",
          .format = config.live_format == "parquet" ? LiveFormat::parquet : LiveFormat::ndjson,
          .tell = [](const std::string& line) { log_warning("{}", line); }};
}

Result<int> run(const Arguments& arguments, const GlobalOptions& global) {
  const sigset_t signals = block_stop_signals();
  DAEDALUS_TRY(Config config, load_settings(global));
  DAEDALUS_OK(apply_source_arguments(arguments.source, config));
  if (!arguments.raw_format.empty()) config.journal.raw_format = arguments.raw_format;
  start_log({.level = log_level_of(config.log.level),
             .file = config.log.to_file ? DataRoot{config.data_root}.logs() + "/ingest.log" : ""});
  std::vector<SourcePlan> plans;
  for (const SourceConfig& source : config.sources) {
    DAEDALUS_TRY(SourcePlan plan, plan_source(source));
    plans.push_back(std::move(plan));
  }
  DAEDALUS_OK(check_overlaps(plans));
  fmt::print("{}\n", first_line(config, find_config(global.config).value_or(""), plans));
  std::fflush(stdout);
  config.live_features |= arguments.live_features;
  LiveChannel channel(kLiveBytes);
  RowTapMaker make_tap;
  std::optional<LiveSink> sink;  // Goes behind the pipeline: it writes what still waits.
  if (config.live_features) {
    DAEDALUS_TRY(make_tap, live_tap_maker(config, channel));
    sink.emplace(live_sink_options(config), channel);
  }
  DAEDALUS_TRY(const std::unique_ptr<Pipeline> pipeline, Pipeline::start(config, plans, make_tap));
  fmt::print("Ingestion pipeline running with {} collector(s)\n", plans.size());
  std::fflush(stdout);
  return watch(*pipeline, signals, arguments.duration_s);
}

}  // namespace

std::function<int()> declare_ingest(CLI::App& app, const GlobalOptions& global) {
  auto arguments = std::make_shared<Arguments>();
  declare_source_arguments(app, arguments->source);
  app.add_option("--raw-format", arguments->raw_format, "parquet or ndjson (default: the config's)")
      ->check(CLI::IsMember({"parquet", "ndjson"}));
  app.add_flag("--live-features", arguments->live_features,
               "Compute features while capturing, into <data root>/live (config: live_features)");
  app.add_option("--duration", arguments->duration_s, "Stop after so many seconds")
      ->check(above_zero());
  return [arguments, &global] {
    const auto code = run(*arguments, global);
    return code ? *code : report_error(code.error());
  };
}

}  // namespace daedalus
