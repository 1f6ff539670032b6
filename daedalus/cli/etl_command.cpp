#include <unistd.h>
#include <csignal>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "daedalus/base/log.hpp"
#include "daedalus/capture/seal_settings.hpp"
#include "daedalus/cli/above_zero.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/data_arguments.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/etl/etl_run.hpp"
#include "daedalus/etl/feature_config.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

std::atomic<bool> stop_asked = false;

struct EtlArguments {
  std::string mode = "all";
  std::string start, end, date;
  std::string exchange, symbol;
  std::vector<std::string> sources;
  std::string warmup;
  double poll_interval_s = 0;
  int64_t limit = 0;
  bool watch = false;
  bool dry_run = false;
  bool skip_missing = false;
  bool delete_after_processing = false;
};

Result<void> set_range(const EtlArguments& arguments, EtlOptions& options) {
  if (arguments.mode == "date") {
    if (arguments.date.empty()) return fail(ErrorKind::config, "--mode date needs --date");
    DAEDALUS_TRY(const UnixNanos day, parse_time("--date", arguments.date));
    options.start = floor_to(day, kNanosPerDay);
    options.end = *options.start + Nanoseconds(kNanosPerDay);
    return {};
  }
  if (arguments.mode == "range") {
    if (arguments.start.empty() || arguments.end.empty()) {
      return fail(ErrorKind::config, "--mode range needs --start and --end");
    }
    DAEDALUS_TRY(options.start, parse_time("--start", arguments.start));
    DAEDALUS_TRY(options.end, parse_time("--end", arguments.end));
    if (*options.start < *options.end) return {};
    return fail(ErrorKind::config, "--start {} is not before --end {}", arguments.start,
                arguments.end);
  }
  if (arguments.start.empty() && arguments.end.empty() && arguments.date.empty()) return {};
  return fail(ErrorKind::config,
              "--mode all takes no --start, --end or --date; use --mode range or date");
}

Result<std::optional<int64_t>> parse_warmup(const std::string& text) {
  const auto seconds = parse_retention(text);
  if (seconds) return *seconds;
  return fail(ErrorKind::config, "--warmup {}: expected a time like 2h, 90m or 1d", text);
}

Result<void> check_arguments(const EtlArguments& arguments) {
  if (!arguments.exchange.empty()) DAEDALUS_OK(find_exchange(arguments.exchange));
  if (arguments.watch && arguments.mode != "all") {
    return fail(ErrorKind::config, "--watch takes what comes: it has no --mode {}", arguments.mode);
  }
  const bool has_filter = !arguments.exchange.empty() || !arguments.symbol.empty();
  if (arguments.watch && has_filter) {
    return fail(ErrorKind::config,
                "--watch takes whole sources: choose them with --source, not --exchange or "
                "--symbol");
  }
  if (arguments.watch && arguments.dry_run) {
    return fail(ErrorKind::config, "--dry-run looks once: not with --watch");
  }
  return {};
}

Result<EtlOptions> make_options(const EtlArguments& arguments, const Config& config) {
  DAEDALUS_OK(check_arguments(arguments));
  EtlOptions options;
  options.root.path = config.data_root;
  DAEDALUS_TRY(options.parameters, feature_parameters(config));
  DAEDALUS_OK(set_range(arguments, options));
  options.sources = arguments.sources;
  options.filter.exchange = arguments.exchange;
  if (!arguments.symbol.empty()) options.filter.symbol = symbol_in_data(arguments.symbol);
  const bool deletes = arguments.delete_after_processing || config.etl.delete_after_processing;
  options.inputs_afterwards = deletes ? InputAfterwards::remove : InputAfterwards::archive;
  options.state_retention_hours = config.etl.state_retention_hours;
  options.threads = config.etl.threads > 0 ? static_cast<int>(config.etl.threads)
                                           : static_cast<int>(std::thread::hardware_concurrency());
  options.skip_missing = arguments.skip_missing;
  options.dry_run = arguments.dry_run;
  options.limit = arguments.limit;
  if (!arguments.warmup.empty()) {
    DAEDALUS_TRY(options.warmup_s, parse_warmup(arguments.warmup));
  }
  options.tell = [](const std::string& line) { log_warning("{}", line); };
  options.seal_options = [config](const std::string& source,
                                  const std::string& name) -> Result<SealOptions> {
    DAEDALUS_TRY(const Exchange* exchange, find_exchange(name));
    return seal_settings(config, source, *exchange);
  };
  options.stopping = [] { return stop_asked.load(); };
  if (::isatty(STDERR_FILENO) != 0) {
    options.progress = [](const std::string& line) { fmt::print(stderr, "\r\033[K{}", line); };
  } else {
    options.progress = [](const std::string& line) { log_info("{}", line); };
  }
  return options;
}

void print_summary(const EtlSummary& summary, bool dry_run) {
  if (::isatty(STDERR_FILENO) != 0 && summary.segments > 0) fmt::print(stderr, "\n");
  if (dry_run) {
    fmt::print("would process {} segments, {} rows\n", summary.segments, summary.rows_in);
  } else {
    fmt::print("{} segments, {} rows in, {} rows out in {} files\n", summary.segments,
               summary.rows_in, summary.rows_out, summary.files);
  }
  if (summary.held_symbols > 0) fmt::print("symbols held: {}\n", summary.held_symbols);
  std::fflush(stdout);
}

void wait_for(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::duration<double>(seconds);
  while (!stop_asked && Clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

int watch(EtlRun& run, double poll_interval_s) {
  EtlSummary total;
  while (!stop_asked) {
    const auto pass = run.pass();
    if (!pass) {
      log_error("{}", pass.error().message);
    } else {
      total.add(pass->summary);
      total.held_symbols = pass->summary.held_symbols;
    }
    wait_for(poll_interval_s);
  }
  print_summary(total, false);
  return kExitDone;
}

int run_etl(const EtlArguments& arguments, const GlobalOptions& global) {
  const auto config = load_settings(global);
  if (!config) return report_error(config.error());
  const auto options = make_options(arguments, *config);
  if (!options) return report_error(options.error());
  std::signal(SIGINT, [](int) { stop_asked = true; });
  std::signal(SIGTERM, [](int) { stop_asked = true; });
  EtlRun run(*options);
  if (arguments.watch) {
    const double every_s = arguments.poll_interval_s > 0 ? arguments.poll_interval_s
                                                         : config->etl.poll_interval_seconds;
    log_info("watching {}/raw/ready, a look every {:g} s", config->data_root, every_s);
    return watch(run, every_s);
  }
  const auto pass = run.pass();
  if (!pass) return report_error(pass.error());
  print_summary(pass->summary, options->dry_run);
  if (pass->summary.segments == 0 && pass->failed_sources == 0) {
    fmt::print("no segment waits under {}/raw/ready{}\n", config->data_root,
               arguments.mode == "all" ? "; --mode date or range computes past ones again" : "");
  }
  const bool failed =
      pass->failed_sources > 0 || pass->summary.missing_segment || pass->summary.held_symbols > 0;
  return failed ? kExitFailed : kExitDone;
}

}  // namespace

std::function<int()> declare_etl(CLI::App& app, const GlobalOptions& global) {
  auto arguments = std::make_shared<EtlArguments>();
  app.add_option("--mode", arguments->mode, "all (what waits), date or range (also again)")
      ->check(CLI::IsMember({"all", "date", "range"}))
      ->capture_default_str();
  app.add_option("--start", arguments->start, "First capture time of a range, UTC");
  app.add_option("--end", arguments->end, "End of a range, not in it");
  app.add_option("--date", arguments->date, "A UTC day");
  app.add_option("--exchange", arguments->exchange, "Only this exchange");
  app.add_option("--symbol", arguments->symbol, "Only this symbol");
  app.add_option("--source,--sources", arguments->sources, "Only these sources")->delimiter(',');
  app.add_option("--warmup", arguments->warmup,
                 "How much to replay without output where no state is kept, e.g. 2h (default: from "
                 "the start of the data)");
  app.add_flag("--watch", arguments->watch, "Go on: process segments as they come");
  app.add_option("--poll-interval", arguments->poll_interval_s,
                 "Seconds between two looks in a watch (default: the config's, 30)")
      ->check(above_zero());
  app.add_option("--limit", arguments->limit, "At most so many segments (in a watch: each look)")
      ->check(above_zero());
  app.add_flag("--dry-run", arguments->dry_run, "Only say what would be done");
  app.add_flag("--skip-missing", arguments->skip_missing, "Turn a missing segment into a gap");
  app.add_flag("--delete-after-processing", arguments->delete_after_processing,
               "Delete the input instead of archiving it");
  return [arguments, &global] { return run_etl(*arguments, global); };
}

}  // namespace daedalus
