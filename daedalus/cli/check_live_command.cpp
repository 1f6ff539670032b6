#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "daedalus/capture/live_check.hpp"
#include "daedalus/cli/above_zero.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/cli/source_arguments.hpp"

namespace daedalus {
namespace {

struct Arguments {
  SourceArguments source;
  double seconds = 30;
};

void print_report(const SourcePlan& plan, const LiveCheckReport& report) {
  for (const std::string& line : report.told) fmt::print("  {}\n", line);
  fmt::print("\n{:<16} {:<10} {:>9} {:>15} {:>15}\n", "symbol", "channel", "messages",
             "median latency", "largest");
  const auto milliseconds = [](std::optional<double> value) {
    return value ? fmt::format("{:.1f} ms", *value) : std::string("-");
  };
  size_t flowed = 0;
  for (const StreamCheck& stream : report.streams) {
    flowed += is_good(stream) ? 1 : 0;
    fmt::print("{:<16} {:<10} {:>9} {:>15} {:>15}{}\n", stream.symbol, channel_name(stream.channel),
               stream.messages, milliseconds(stream.median_latency_ms),
               milliseconds(stream.largest_latency_ms),
               stream.messages == 0        ? "   NOTHING CAME"
               : stream.book_without_image ? "   NO IMAGE OF THE BOOK"
                                           : "");
  }
  if (report.unparsable > 0) fmt::print("{} frames could not be parsed\n", report.unparsable);
  fmt::print("{}: {} of {} streams flowed{}\n", plan.exchange->name, flowed, report.streams.size(),
             report.connected ? "" : "; no connection stood, see above");
}

Result<int> run(const Arguments& arguments, const GlobalOptions& global) {
  DAEDALUS_TRY(Config config, load_settings(global));
  DAEDALUS_OK(apply_source_arguments(arguments.source, config));
  int code = kExitDone;
  for (const SourceConfig& source : config.sources) {
    DAEDALUS_TRY(const SourcePlan plan, plan_source(source));
    fmt::print("{}: {} streams, for at most {:g} s\n", plan.exchange->title, plan.streams.size(),
               arguments.seconds);
    const LiveCheckReport report =
        check_live({.plan = plan,
                    .network = {.proxy = config.network.proxy, .ca_file = config.network.ca_file},
                    .duration = Nanoseconds(static_cast<int64_t>(arguments.seconds * 1e9))});
    print_report(plan, report);
    if (!report.all_good() || report.unparsable > 0) code = kExitFailed;
  }
  return code;
}

}  // namespace

std::function<int()> declare_check_live(CLI::App& app, const GlobalOptions& global) {
  auto arguments = std::make_shared<Arguments>();
  declare_source_arguments(app, arguments->source);
  app.add_option("--seconds", arguments->seconds, "How long to listen at most")
      ->check(above_zero())
      ->capture_default_str();
  return [arguments, &global] {
    const auto code = run(*arguments, global);
    return code ? *code : report_error(code.error());
  };
}

}  // namespace daedalus
