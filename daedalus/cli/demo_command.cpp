#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <memory>

#include "daedalus/base/file.hpp"
#include "daedalus/base/log.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/demo_capture.hpp"
#include "daedalus/cli/lake_tables.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/etl/etl_run.hpp"
#include "daedalus/etl/feature_config.hpp"
#include "daedalus/lake/query.hpp"

namespace daedalus {
namespace {

namespace fs = std::filesystem;

struct DemoArguments {
  std::string folder = "./daedalus-demo";
  int64_t minutes = 10;
  int64_t live_seconds = 10;
};

/// Lies in every folder that a demo made: only such a folder is emptied again.
constexpr std::string_view kMarker = "made-by-daedalus-demo";

constexpr std::string_view kBookFeatures =
    "SELECT strftime(capture_ts, '%H:%M:%S') AS time, symbol, mid_price, "
    "round(spread_bps, 3) AS spread_bps, spread_regime AS regime, "
    "round(imbalance_L5, 3) AS imbalance_L5, ofi, bid_vol_band_0_5bps AS bid_size_within_5bps, "
    "round(1e4 * rv_60s, 2) AS rv_60s_bps, round(tfi_60s, 3) AS tfi_60s, round(kyle_lambda, 1) AS "
    "kyle_lambda "
    "FROM silver_orderbook "
    "WHERE exchange = 'coinbase' ORDER BY capture_ts DESC, symbol LIMIT 8";
constexpr std::string_view kMinuteBars =
    "SELECT strftime(capture_ts, '%H:%M') AS minute, symbol, open, high, low, close, sum_ofi, "
    "snapshot_count AS events, round(gap_seconds, 3) AS gap_s FROM gold_orderbook_bars "
    "WHERE bar_duration_sec = 60 AND symbol = 'BTC-USD' ORDER BY capture_ts DESC LIMIT 8";
constexpr std::string_view kExample =
    "SELECT exchange, symbol, count(*) AS trades, round(sum(amount), 6) AS volume, "
    "round(avg(effective_spread_bps), 3) AS effective_spread_bps "
    "FROM silver_trades GROUP BY ALL ORDER BY ALL";

class Stage {
 public:
  explicit Stage(const std::string& title) : started_(std::chrono::steady_clock::now()) {
    fmt::print("\n== {}\n", title);
    std::fflush(stdout);
  }
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  }

 private:
  std::chrono::steady_clock::time_point started_;
};

Result<void> fresh_folder(const std::string& folder) {
  const std::string marker = folder + "/" + std::string(kMarker);
  std::error_code error;
  if (path_exists(folder) && !fs::is_empty(folder, error)) {
    if (!path_exists(marker)) {
      return fail(ErrorKind::config,
                  "{} holds something that no demo made; name another folder with --folder",
                  folder);
    }
    fs::remove_all(folder, error);
    if (error) return fail(ErrorKind::io, "cannot empty {}: {}", folder, error.message());
  }
  DAEDALUS_OK(make_folders(folder));
  return publish_file(marker, "A demo may empty this folder.\n");
}

Result<void> show(const std::string& duckdb, const std::string& setup, std::string_view sql) {
  std::fflush(stdout);
  DAEDALUS_TRY(const int code, run_query(duckdb, {.setup = setup, .sql = std::string(sql)}));
  if (code != 0) return fail(ErrorKind::io, "DuckDB ended with {}", code);
  return {};
}

Result<void> show_results(const Config& config) {
  DAEDALUS_TRY(const std::string duckdb, find_duckdb());
  DAEDALUS_TRY(const std::vector<LakeView> tables, lake_tables(config));
  DAEDALUS_TRY(const std::string setup, create_views_sql(tables));
  const Stage rows("The last rows of book features (silver_orderbook, a row a second)");
  DAEDALUS_OK(show(duckdb, setup, kBookFeatures));
  const Stage bars("Minute bars (gold_orderbook_bars)");
  DAEDALUS_OK(show(duckdb, setup, kMinuteBars));
  const Stage query("One SQL query");
  fmt::print("{}\n", kExample);
  DAEDALUS_OK(show(duckdb, setup, kExample));
  const Stage gaps("What was missed (the last rows of gaps)");
  return show(duckdb, setup,
              "SELECT exchange, symbol, channel, kind, strftime(opened_ts, '%H:%M:%S') AS opened, "
              "round(seconds, 3) AS seconds, recovered_by FROM gaps "
              "ORDER BY opened_ts DESC, symbol, channel LIMIT 6");
}

/// How a user starts this program from where they are.
std::string program_path() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path near = fs::proximate(program, error);
  const std::string path = near.string();
  if (error || path.empty()) return "daedalus";
  return path.starts_with("..") ? program.string() : path;
}

void list_files(const std::string& folder) {
  std::map<std::string, std::pair<int, uintmax_t>> folders;
  for (const char* part : {"raw/archive", "raw/journal", "processed", "state"}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder + "/" + part)) {
      if (!entry.is_regular_file()) continue;
      const fs::path below = fs::relative(entry.path(), folder);
      std::string top;
      int depth = 0;
      for (const auto& step : below.parent_path()) {
        if (depth++ == 3 || step.string().find('=') != std::string::npos) break;
        top += step.string() + "/";
      }
      folders[top].first += 1;
      folders[top].second += entry.file_size();
    }
  }
  for (const auto& [name, sizes] : folders) {
    fmt::print("  {:<44} {:>4} files {:>9} KB\n", name, sizes.first, (sizes.second + 1023) / 1024);
  }
}

Result<void> process(const Config& config) {
  EtlOptions options;
  options.root.path = config.data_root;
  DAEDALUS_TRY(options.parameters, feature_parameters(config));
  options.tell = [](const std::string& line) { log_warning("{}", line); };
  const Stage stage("ETL: bronze to silver rows and gold bars");
  DAEDALUS_TRY(const EtlRun::PassResult pass, EtlRun(options).pass());
  if (pass.failed_sources > 0) return fail(ErrorKind::io, "the ETL failed, see above");
  fmt::print("{} segments, {} bronze rows to {} rows in {} files, {:.1f} s\n",
             pass.summary.segments, pass.summary.rows_in, pass.summary.rows_out, pass.summary.files,
             stage.seconds());
  return {};
}

Result<void> run_demo(const DemoArguments& arguments) {
  DAEDALUS_OK(fresh_folder(arguments.folder));
  start_log({.level = LogLevel::warning});
  Config config;
  config.data_root = arguments.folder;
  config.journal.min_free_mb = 50;
  {
    const Stage stage(fmt::format(
        "{} minutes of a simulated Coinbase through the real capture core", arguments.minutes));
    DAEDALUS_TRY(const DemoCapture capture, capture_simulated_time(config, arguments.minutes));
    fmt::print("{} frames journaled and sealed in {} segments, {:.1f} s\n", capture.frames,
               capture.segments, stage.seconds());
  }
  {
    const Stage stage(fmt::format("{} seconds live: a simulated Binance over loopback sockets",
                                  arguments.live_seconds));
    DAEDALUS_TRY(const DemoCapture capture, capture_live(config, arguments.live_seconds));
    fmt::print("{} frames journaled and sealed, {:.1f} s\n", capture.frames, stage.seconds());
  }
  DAEDALUS_OK(process(config));
  DAEDALUS_OK(show_results(config));
  const Stage files("The files it made, in " + arguments.folder);
  list_files(arguments.folder);
  const Stage next("What to type next");
  const std::string program = program_path();
  fmt::print(
      "  {0} query --data-root {1}              a SQL shell with all tables\n"
      "  {0} query --data-root {1} --tables     what there is\n"
      "  {0} features spread                              the columns about spreads, and all "
      "others\n"
      "  {0} check-live --exchange coinbase --symbols BTC-USD      is the real one reached from "
      "here?\n"
      "  {0} ingest --exchange coinbase --symbols BTC-USD          capture it\n",
      program, arguments.folder);
  return {};
}

}  // namespace

std::function<int()> declare_demo(CLI::App& app, const GlobalOptions&) {
  auto arguments = std::make_shared<DemoArguments>();
  app.add_option("--folder", arguments->folder, "Where its data go; emptied if a demo made it")
      ->capture_default_str();
  app.add_option("--minutes", arguments->minutes, "Simulated minutes")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  app.add_option("--live-seconds", arguments->live_seconds, "Seconds live over sockets")
      ->check(CLI::Range(1, 600))
      ->capture_default_str();
  return [arguments] {
    const auto done = run_demo(*arguments);
    return done ? int{kExitDone} : report_error(done.error());
  };
}

}  // namespace daedalus
