#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>

#include "daedalus/base/log.hpp"
#include "daedalus/capture/seal_settings.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/data_arguments.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/etl/bars_run.hpp"
#include "daedalus/etl/feature_config.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

std::atomic<bool> stop_asked = false;

constexpr Channel kBarChannels[] = {Channel::orderbook, Channel::trades, Channel::ticker};

struct BarsArguments {
  std::string kind;
  std::string threshold;
  std::string duration;
  std::vector<std::string> channels;
  std::string exchange, symbol;
  std::vector<std::string> sources;
  std::string from, to;
  std::string out;
  bool has_unfinished = false;
  bool skip_missing = false;
};

Result<int> parse_duration(const std::string& text) {
  const bool is_number = text.find_first_not_of("0123456789") == std::string::npos;
  const auto seconds = parse_retention(is_number ? text + "s" : text);
  if (seconds && *seconds && **seconds >= 1 && **seconds <= 86'400) {
    return static_cast<int>(**seconds);
  }
  return fail(ErrorKind::config, "--duration {}: allowed: 1s to 1d, e.g. 300, 300s, 5m, 4h", text);
}

Result<void> set_time_bars(const BarsArguments& arguments, BarsOptions& options) {
  if (arguments.duration.empty() || !arguments.threshold.empty()) {
    return fail(ErrorKind::config, "--kind time takes a --duration, and no --threshold");
  }
  DAEDALUS_TRY(const int duration_s, parse_duration(arguments.duration));
  const bool is_in_lake = options.out.path == options.root.path;
  for (const Channel channel : kBarChannels) {
    const std::string name(channel_name(channel));
    const auto& asked = arguments.channels;
    if (!asked.empty() && std::find(asked.begin(), asked.end(), name) == asked.end()) continue;
    options.channels.push_back(channel);
    FeatureParameters& own = channel == Channel::orderbook ? options.parameters.orderbook
                             : channel == Channel::trades  ? options.parameters.trades
                                                           : options.parameters.ticker;
    const auto& of_etl = own.bar_durations_s;
    const bool is_of_etl = std::find(of_etl.begin(), of_etl.end(), duration_s) != of_etl.end();
    if (arguments.has_unfinished && is_of_etl && is_in_lake) {
      return fail(ErrorKind::config,
                  "--partial: {} bars of {} s are the ETL's own, which holds the unfinished one "
                  "back; write to a folder of their own with --out",
                  name, duration_s);
    }
    own.bar_durations_s = {duration_s};
  }
  return {};
}

Result<void> set_information_bars(const BarsArguments& arguments, BarsOptions& options) {
  if (arguments.threshold.empty() || !arguments.duration.empty()) {
    return fail(ErrorKind::config, "--kind {} takes a --threshold, and no --duration",
                arguments.kind);
  }
  for (const std::string& channel : arguments.channels) {
    if (channel == "trades") continue;
    return fail(ErrorKind::config, "--kind {} is made of trades, not of --channel {}",
                arguments.kind, channel);
  }
  for (const InformationBarKind kind : kInformationBarKinds) {
    if (information_bar_name(kind) != arguments.kind) continue;
    auto spec = information_bar_spec(kind, arguments.threshold);
    if (!spec) return with_context(std::move(spec).error(), "--threshold");
    options.parameters.information_bars = {*spec};
  }
  options.channels = {Channel::trades};
  return {};
}

/// Only bars: no rows of silver, but one a day that is dropped.
void switch_rows_off(FeatureParameters& parameters) {
  parameters.categories.clear();
  parameters.emit_interval_s = 86'400;
  parameters.keep_raw_arrays = false;
}

Result<void> set_range(const BarsArguments& arguments, BarsOptions& options) {
  if (!arguments.from.empty()) {
    DAEDALUS_TRY(options.start, parse_time("--from", arguments.from));
  }
  if (!arguments.to.empty()) {
    DAEDALUS_TRY(options.end, parse_time("--to", arguments.to));
  }
  if (!options.start || !options.end || *options.start < *options.end) return {};
  return fail(ErrorKind::config, "--from {} is not before --to {}", arguments.from, arguments.to);
}

Result<BarsOptions> make_options(const BarsArguments& arguments, const Config& config) {
  BarsOptions options;
  options.root.path = config.data_root;
  options.out.path = arguments.out.empty() ? config.data_root : arguments.out;
  DAEDALUS_TRY(options.parameters, feature_parameters(config));
  const auto all = {&options.parameters.orderbook, &options.parameters.trades,
                    &options.parameters.ticker};
  const bool is_time = arguments.kind == "time";
  DAEDALUS_OK(is_time ? set_time_bars(arguments, options)
                      : set_information_bars(arguments, options));
  for (const Channel channel : kBarChannels) {
    const auto& on = options.channels;
    const bool is_on = is_time && std::find(on.begin(), on.end(), channel) != on.end();
    FeatureParameters& own = **(all.begin() + static_cast<size_t>(channel));
    switch_rows_off(own);
    if (!is_on) own.bar_durations_s.clear();
  }
  DAEDALUS_OK(set_range(arguments, options));
  options.sources = arguments.sources;
  if (!arguments.exchange.empty()) DAEDALUS_OK(find_exchange(arguments.exchange));
  options.filter.exchange = arguments.exchange;
  if (!arguments.symbol.empty()) options.filter.symbol = symbol_in_data(arguments.symbol);
  options.has_unfinished = arguments.has_unfinished;
  options.skip_missing = arguments.skip_missing;
  options.threads = config.etl.threads > 0 ? static_cast<int>(config.etl.threads)
                                           : static_cast<int>(std::thread::hardware_concurrency());
  options.seal_options = [config](const std::string& source,
                                  const std::string& name) -> Result<SealOptions> {
    DAEDALUS_TRY(const Exchange* exchange, find_exchange(name));
    return seal_settings(config, source, *exchange);
  };
  options.tell = [](const std::string& line) { log_warning("{}", line); };
  options.stopping = [] { return stop_asked.load(); };
  if (::isatty(STDERR_FILENO) != 0) {
    options.progress = [](const std::string& line) { fmt::print(stderr, "\r\033[K{}", line); };
  } else {
    options.progress = [](const std::string& line) { log_info("{}", line); };
  }
  return options;
}

int run_bars(const BarsArguments& arguments, const GlobalOptions& global) {
  const auto config = load_settings(global);
  if (!config) return report_error(config.error());
  const auto options = make_options(arguments, *config);
  if (!options) return report_error(options.error());
  std::signal(SIGINT, [](int) { stop_asked = true; });
  std::signal(SIGTERM, [](int) { stop_asked = true; });
  const auto summary = build_bars(*options);
  if (!summary) return report_error(summary.error());
  if (::isatty(STDERR_FILENO) != 0 && summary->segments > 0) fmt::print(stderr, "\n");
  fmt::print("{} segments, {} rows in, {} bars in {} files\n", summary->segments, summary->rows_in,
             summary->bars, summary->files);
  if (summary->held_symbols > 0) fmt::print("symbols held: {}\n", summary->held_symbols);
  if (summary->segments == 0 && summary->failed_sources == 0) {
    fmt::print(
        "no segment to read under {}/raw: bars are built from bronze, and an ETL with "
        "delete_after_processing leaves none\n",
        config->data_root);
  }
  const bool is_stopped = stop_asked.load();
  if (is_stopped) fmt::print("stopped before the end: run it again for the rest\n");
  const bool failed = summary->failed_sources > 0 || summary->held_symbols > 0 || is_stopped;
  return failed ? kExitFailed : kExitDone;
}

}  // namespace

std::function<int()> declare_bars(CLI::App& app, const GlobalOptions& global) {
  auto arguments = std::make_shared<BarsArguments>();
  app.add_option("--kind", arguments->kind, "What closes a bar")
      ->required()
      ->check(CLI::IsMember({"time", "volume", "dollar", "tick", "imbalance"}));
  app.add_option("--threshold", arguments->threshold,
                 "How much closes a bar: base units (volume, imbalance), quote (dollar) or trades "
                 "(tick)");
  app.add_option("--duration", arguments->duration, "How long a bar of time is: 300, 5m, 4h");
  app.add_option("--channel,--channels", arguments->channels,
                 "Bars of time of these only (default: orderbook, trades, ticker)")
      ->delimiter(',')
      ->check(CLI::IsMember({"orderbook", "trades", "ticker"}));
  app.add_option("--exchange", arguments->exchange, "Only this exchange");
  app.add_option("--symbol", arguments->symbol, "Only this symbol");
  app.add_option("--source,--sources", arguments->sources, "Only these sources")->delimiter(',');
  app.add_option("--from", arguments->from,
                 "Write the segments from this capture time on, UTC; what lies before is read, so "
                 "that a bar is the same whatever is asked for");
  app.add_option("--to", arguments->to, "Read segments that begin before this");
  app.add_flag("--partial", arguments->has_unfinished,
               "Write the unfinished last bars too, is_complete false");
  app.add_option("--out", arguments->out,
                 "Another folder than the data root, with its own processed/gold");
  app.add_flag("--skip-missing", arguments->skip_missing, "Turn a missing segment into a gap");
  return [arguments, &global] { return run_bars(*arguments, global); };
}

}  // namespace daedalus
