#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/served_venue.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/exchanges/registry.hpp"
#include "daedalus/simulate/simulated_exchange.hpp"

namespace daedalus {
namespace {

struct Arguments {
  std::string exchange = "coinbase";
  std::vector<std::string> symbols = {"BTC-USD", "ETH-USD"};
  MarketOptions market;
  double speed = 1;
  std::string start;
  ServedVenueArguments served;
};

Result<void> run(const Arguments& arguments) {
  DAEDALUS_TRY(const Exchange* exchange, find_exchange(arguments.exchange));
  UnixNanos start = wall_clock_now();
  if (!arguments.start.empty()) {
    auto parsed = parse_rfc3339(arguments.start);
    if (!parsed) return fail(ErrorKind::config, "--start: {}", parsed.error().message);
    start = *parsed;
  }
  DAEDALUS_TRY(
      const std::unique_ptr<SimulatedExchange> server,
      SimulatedExchange::create(
          *exchange, {.symbols = arguments.symbols, .market = arguments.market, .start = start}));
  const auto started = std::chrono::steady_clock::now();
  const auto clock = [start, started, speed = arguments.speed] {
    const std::chrono::duration<double, std::nano> passed =
        std::chrono::steady_clock::now() - started;
    return start + Nanoseconds(static_cast<int64_t>(passed.count() * speed));
  };
  return serve_venue(arguments.served, *exchange, *server, clock,
                     [](VenueService&, VenueOutbox&) { return false; });
}

}  // namespace

std::function<int()> declare_simulate(CLI::App& app, const GlobalOptions&) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option("--exchange", arguments->exchange, "Whose protocol it speaks (coinbase)");
  app.add_option("--symbols", arguments->symbols, "Symbols (BTC-USD,ETH-USD)")->delimiter(',');
  app.add_option("--seed", arguments->market.seed, "The same seed gives the same market (1)");
  app.add_option("--rate", arguments->market.events_per_second,
                 "Order events a second and symbol (20)")
      ->check(CLI::Range(0.001, 1e6));
  app.add_option("--levels", arguments->market.levels_per_side, "Book levels on each side (400)")
      ->check(CLI::Range(50, 100'000));
  app.add_option("--speed", arguments->speed, "Seconds of its time in a second (1)")
      ->check(CLI::Range(0.001, 1e4));
  app.add_option("--start", arguments->start, "Its clock begins there, RFC 3339 (default: now)");
  declare_served_venue(app, arguments->served);
  return [arguments] {
    const auto done = run(*arguments);
    return done ? static_cast<int>(kExitDone) : report_error(done.error());
  };
}

}  // namespace daedalus
