#include "daedalus/cli/live_tap.hpp"

#include <algorithm>

#include "daedalus/base/log.hpp"
#include "daedalus/capture/seal_settings.hpp"
#include "daedalus/etl/feature_config.hpp"
#include "daedalus/etl/live_features.hpp"

namespace daedalus {
namespace {

/// Hands a capture's rows to the engines.
class LiveTap final : public RowTap {
 public:
  LiveTap(std::unique_ptr<LiveFeatures> live, const Exchange* venue)
      : live_(std::move(live)), venue_(venue) {}

  void begin_segment(const SegmentHeader& header, const Interpreter& interpreter) override {
    live_->begin_segment(header, interpreter);
  }
  void end_segment(UnixNanos closed) override { live_->end_segment(closed); }

  void on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) override {
    live_->rows().on_book_row(key, kind, message);
    live_->on_row("orderbook", key);
  }
  void on_trade_row(const RowKey& key, const Trade& trade) override {
    live_->rows().on_trade_row(key, trade);
    live_->on_row("trades", key);
  }
  void on_ticker_row(const RowKey& key, const Ticker& ticker) override {
    live_->rows().on_ticker_row(key, ticker);
    live_->on_row("ticker", key);
  }
  void on_gap_row(const RowKey& key, const GapRow& gap) override {
    live_->rows().on_gap_row(key, gap);
    live_->on_row("gaps", key);
  }
  void on_other_row(const RowKey& key, const OtherMessage& message) override {
    if (key.symbol.empty()) return;
    if (std::ranges::count(venue_->derivative_channels, message.channel) == 0) return;
    live_->rows().on_other_row(key, message);
    live_->on_row(message.channel, key);
  }
  void on_instrument_row(const RowKey& key, const Instrument& instrument) override {
    live_->rows().on_instrument_row(key, instrument);
  }

 private:
  std::unique_ptr<LiveFeatures> live_;
  const Exchange* venue_;  ///< Of the registry.
};

}  // namespace

Result<RowTapMaker> live_tap_maker(const Config& config, LiveChannel& channel) {
  DAEDALUS_TRY(const EngineParameters parameters, feature_parameters(config));
  return RowTapMaker([=, &channel](const SourcePlan& plan) -> Result<std::unique_ptr<RowTap>> {
    DAEDALUS_TRY(const SealOptions seal, seal_settings(config, plan.source, *plan.exchange));
    LiveFeaturesOptions options{.seal = seal,
                                .parameters = parameters,
                                .tell = [](const std::string& line) { log_info("{}", line); }};
    DAEDALUS_TRY(auto live, LiveFeatures::open(std::move(options), channel));
    return std::unique_ptr<RowTap>(std::make_unique<LiveTap>(std::move(live), plan.exchange));
  });
}

}  // namespace daedalus
