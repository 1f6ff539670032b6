#include "daedalus/cli/demo_capture.hpp"

#include <chrono>
#include <memory>
#include <thread>

#include "daedalus/base/time.hpp"
#include "daedalus/capture/pipeline.hpp"
#include "daedalus/capture/simulated_run.hpp"
#include "daedalus/exchanges/registry.hpp"
#include "daedalus/simulate/simulated_exchange.hpp"
#include "daedalus/simulate/simulated_network.hpp"
#include "daedalus/simulate/venue_service.hpp"

namespace daedalus {
namespace {

constexpr uint64_t kSeed = 20;
constexpr int64_t kNanosPerMinute = 60 * kNanosPerSecond;
constexpr std::chrono::milliseconds kPoll{50};

constexpr double kEventsPerSecond = 40;  ///< Of one symbol.

Result<std::unique_ptr<SimulatedExchange>> make_exchange(const SourceConfig& source,
                                                         UnixNanos start) {
  DAEDALUS_TRY(const Exchange* exchange, find_exchange(source.exchange));
  return SimulatedExchange::create(
      *exchange, {.symbols = source.symbols,
                  .market = {.seed = kSeed, .events_per_second = kEventsPerSecond},
                  .start = start});
}

void sleep_for(int64_t seconds) {
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
}

}  // namespace

Result<DemoCapture> capture_simulated_time(const Config& config, int64_t minutes) {
  const SourceConfig source{
      .name = "coinbase", .exchange = "coinbase", .symbols = {"BTC-USD", "ETH-USD"}};
  const UnixNanos end = floor_to(wall_clock_now(), kNanosPerMinute);
  const UnixNanos start = end - Nanoseconds(minutes * kNanosPerMinute);
  DAEDALUS_TRY(std::unique_ptr<SimulatedExchange> exchange, make_exchange(source, start));
  SimulatedNetwork network(
      std::move(exchange),
      {.seed = kSeed, .mean_connection_life = Nanoseconds(minutes * kNanosPerMinute / 3)});
  DAEDALUS_TRY(const std::unique_ptr<SimulatedRun> run,
               SimulatedRun::open(
                   {.config = config, .source = source, .start = start, .seed = kSeed}, network));
  DAEDALUS_OK(run->run_until(end));
  const int64_t frames = run->simulation().core().statistics().frames;
  DAEDALUS_OK(run->finish());
  return DemoCapture{.frames = frames, .segments = static_cast<int64_t>(run->sealed().size())};
}

Result<DemoCapture> capture_live(const Config& config, int64_t seconds) {
  SourceConfig source{.name = "binance", .exchange = "binance", .symbols = {"BTC-USDT"}};
  DAEDALUS_TRY(const std::unique_ptr<SimulatedExchange> exchange,
               make_exchange(source, wall_clock_now()));
  IoLoop loop;
  DAEDALUS_TRY(const std::unique_ptr<VenueService> service,
               VenueService::start(loop, ServerOptions{}, *exchange, wall_clock_now));
  source.endpoint = fmt::format("ws://127.0.0.1:{}", service->port());
  source.rest_endpoint = fmt::format("http://127.0.0.1:{}", service->port());
  DAEDALUS_TRY(const SourcePlan plan, plan_source(source));
  DAEDALUS_TRY(const std::unique_ptr<Pipeline> pipeline, Pipeline::start(config, {plan}));
  sleep_for(seconds);
  pipeline->stop("the demo's live stretch is over");
  while (!pipeline->finished()) std::this_thread::sleep_for(kPoll);
  if (pipeline->failed()) return fail(ErrorKind::io, "the live capture failed, see above");
  return DemoCapture{.frames = pipeline->source(0).status().core.frames, .segments = 1};
}

}  // namespace daedalus
