#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "daedalus/base/file.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/served_venue.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/exchanges/registry.hpp"
#include "daedalus/simulate/replay_source.hpp"

namespace daedalus {
namespace {

struct Arguments {
  std::string source;
  std::string format;
  std::string exchange;
  RecordingOptions recording;
  std::vector<std::string> files;
  std::string speed = "1";
  int wait_clients = 1;
  double settle_s = 2;
  bool loop = false;
  bool once = false;
  bool exit_at_end = false;
  ServedVenueArguments served;
};

/// What is replayed, and how to begin it again.
struct Recording {
  const Exchange* exchange = nullptr;
  std::function<Result<std::unique_ptr<ReplaySource>>()> open;
};

bool is_folder(const std::string& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

Result<std::vector<std::string>> journal_files(const Arguments& arguments,
                                               const GlobalOptions& global) {
  if (!arguments.source.empty()) {
    DAEDALUS_TRY(const Config config, load_settings(global));
    return journal_files_of_source(config.data_root, arguments.source);
  }
  std::vector<std::string> files;
  for (const std::string& path : arguments.files) {
    if (!is_folder(path)) {
      files.push_back(path);
      continue;
    }
    DAEDALUS_TRY(const std::vector<std::string> inside, journal_files_of_folder(path));
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

Result<Recording> find_recording(const Arguments& arguments, const GlobalOptions& global) {
  Recording recording;
  if (arguments.files.empty() == arguments.source.empty()) {
    return fail(ErrorKind::config, "say what to replay: --source NAME, or files");
  }
  if (!arguments.format.empty()) {
    if (arguments.exchange.empty()) {
      return fail(ErrorKind::config, "--from needs --exchange: whose traffic it is");
    }
    DAEDALUS_TRY(recording.exchange, find_exchange(arguments.exchange));
    RecordingOptions options = arguments.recording;
    options.exchange = recording.exchange;
    if (!options.symbol.empty()) options.symbol = recording.exchange->native_symbol(options.symbol);
    recording.open = [format = arguments.format, files = arguments.files, options] {
      return replay_recording(format, files, options);
    };
    return recording;
  }
  DAEDALUS_TRY(const std::vector<std::string> files, journal_files(arguments, global));
  DAEDALUS_TRY(const std::string exchange, exchange_of_journal(files.front()));
  if (!arguments.exchange.empty() && arguments.exchange != exchange) {
    return fail(ErrorKind::config, "--exchange {}: {} is a journal of {}", arguments.exchange,
                files.front(), exchange);
  }
  DAEDALUS_TRY(recording.exchange, find_exchange(exchange));
  recording.open = [files]() -> Result<std::unique_ptr<ReplaySource>> {
    return replay_journals(files);
  };
  return recording;
}

Result<double> parse_speed(const std::string& text) {
  if (text == "max") return 0.0;
  char* end = nullptr;
  const double speed = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !(speed > 0 && speed <= 1e9)) {
    return fail(ErrorKind::config, "--speed is max or a positive number, not \"{}\"", text);
  }
  return speed;
}

/// On a terminal one line that is drawn over; elsewhere a line every ten seconds.
class ProgressLine {
 public:
  void show(const ReplayProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    const auto every = is_terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(10);
    if (!progress.started || now - last_ < every) return;
    last_ = now;
    fmt::print(stderr, "{}replay: at {}, {} frames, {} sent{}", is_terminal_ ? "\r" : "",
               format_rfc3339(progress.at), progress.frames, progress.frames_sent,
               is_terminal_ ? "" : "\n");
    drawn_ = is_terminal_;
  }
  ~ProgressLine() {
    if (drawn_) fmt::print(stderr, "\n");
  }

 private:
  bool is_terminal_ = ::isatty(STDERR_FILENO) != 0;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

void print_summary(const ReplayedExchange& server, double seconds) {
  const ReplayProgress& progress = server.progress();
  // Below half a second the poll's grain would make the rate a guess.
  const std::string rate =
      seconds < 0.5
          ? std::string()
          : fmt::format(": {:.0f} frames/s", static_cast<double>(progress.frames_sent) / seconds);
  fmt::print("replayed {} frames, {} sent ({:.1f} MB) in {:.1f} s{}\n", progress.frames,
             progress.frames_sent, static_cast<double>(progress.bytes_sent) / 1e6, seconds, rate);
  fmt::print("book images: {} as recorded, {} made from the replayed book\n",
             progress.images_recorded, progress.images_made);
  if (progress.frames_without_image > 0) {
    fmt::print("{} book frames had no image recorded before them and were not sent\n",
               progress.frames_without_image);
  }
  fmt::print("unserved: {} frames\n", progress.frames_unserved);
  for (const auto& [stream, frames] : server.unserved())
    fmt::print("  {:<28} {}\n", stream, frames);
  std::fflush(stdout);
}

Result<void> run(const Arguments& arguments, const GlobalOptions& global) {
  DAEDALUS_TRY(const Recording recording, find_recording(arguments, global));
  DAEDALUS_TRY(const double speed, parse_speed(arguments.speed));
  DAEDALUS_TRY(std::unique_ptr<ReplaySource> source, recording.open());
  ReplayOptions options{.speed = speed, .wait_clients = arguments.wait_clients};
  options.settle = Nanoseconds(static_cast<int64_t>(arguments.settle_s * 1e9));
  DAEDALUS_TRY(const std::unique_ptr<ReplayedExchange> server,
               ReplayedExchange::create(*recording.exchange, std::move(source), options));
  // Steady: a step of the wall clock must not hurry or stop the replay.
  const auto clock = [begin = wall_clock_now(), since = std::chrono::steady_clock::now()] {
    return begin +
           std::chrono::duration_cast<Nanoseconds>(std::chrono::steady_clock::now() - since);
  };
  std::optional<std::chrono::steady_clock::time_point> started, ended;
  ProgressLine line;
  const auto finished = [&](VenueService& service, VenueOutbox& out) {
    const ReplayProgress& progress = server->progress();
    const auto now = std::chrono::steady_clock::now();
    if (progress.started && !started) started = now;
    line.show(progress);
    if (!progress.ended) return false;
    if (!ended && service.pending_bytes() == 0) {
      ended = now;
      fmt::print("the recording is at its end\n");
      std::fflush(stdout);
    }
    if (ended && arguments.loop) {
      if (auto again = recording.open()) server->restart(*std::move(again), clock(), out);
      ended.reset();
    }
    return ended.has_value() && arguments.exit_at_end;
  };
  DAEDALUS_OK(serve_venue(arguments.served, *recording.exchange, *server, clock, finished));
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> passed = ended.value_or(now) - started.value_or(now);
  print_summary(*server, passed.count());
  if (!server->progress().error.empty()) {
    return fail(ErrorKind::io, "the replay ended early: {}", server->progress().error);
  }
  return {};
}

}  // namespace

std::function<int()> declare_replay(CLI::App& app, const GlobalOptions& global) {
  auto arguments = std::make_shared<Arguments>();
  std::string formats;
  for (const RecordingFormat& format : recording_formats()) {
    formats += (formats.empty() ? "" : ", ") + std::string(format.name);
  }
  app.add_option("--source", arguments->source, "Replays the kept journals of this source");
  app.add_option("--from", arguments->format, "The files are another recorder's: " + formats);
  app.add_option("--exchange", arguments->exchange, "Whose traffic it is (journals say it)");
  app.add_option("--symbol", arguments->recording.symbol,
                 "Symbol that book images without a name are of");
  app.add_option("--time-key", arguments->recording.time_key, "ndjson: key of the receive time");
  app.add_option("--frame-key", arguments->recording.frame_key, "ndjson: key of the frame");
  app.add_option("--speed", arguments->speed, "1, any number, or max: as fast as clients read (1)");
  app.add_option("--wait-clients", arguments->wait_clients,
                 "Starts once so many connections have subscribed (1)")
      ->check(CLI::Range(1, 100'000));
  app.add_option(
         "--settle", arguments->settle_s,
         "and asked for all that was recorded, or for nothing more since so many seconds (2)")
      ->check(CLI::Range(0.0, 3600.0));
  CLI::Option* loop = app.add_flag("--loop", arguments->loop, "Begins again at its end");
  app.add_flag("--once", arguments->once, "Plays once, then keeps the connections (the default)")
      ->excludes(loop);
  app.add_flag("--exit-at-end", arguments->exit_at_end, "Ends when all is sent")->excludes(loop);
  app.add_option("files", arguments->files, "Journal segments, folders of them, or recordings");
  declare_served_venue(app, arguments->served);
  return [arguments, &global] {
    const auto done = run(*arguments, global);
    return done ? static_cast<int>(kExitDone) : report_error(done.error());
  };
}

}  // namespace daedalus
