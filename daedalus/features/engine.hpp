#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/columnar/table.hpp"
#include "daedalus/features/input.hpp"
#include "daedalus/features/parameters.hpp"

namespace daedalus {

/// Whose stream an engine computes.
struct EngineKey {
  std::string source;
  std::string exchange;
  std::string symbol;
};

/// Gold bars of one channel and duration.
struct BarTable {
  Channel channel = Channel::orderbook;
  int duration_s = 60;
  Table table;
};

/// Gold bars of one kind and threshold.
struct InformationBarTable {
  InformationBarSpec spec;
  Table table;
};

/// Finished rows, in order. The caller takes and clears them as often as it likes: what a row holds
/// never changes once it is here.
struct EngineTables {
  Table orderbook;
  Table trades;
  Table ticker;
  std::vector<BarTable> bars;
  std::vector<InformationBarTable> information_bars = {};
};

/// The feature engine of one (exchange, symbol): rows of bronze in, in (capture_time, recv_seq)
/// order, rows of silver and gold out. Pure: the same inputs give the same bits, wherever the
/// stream is cut and restored.
class FeatureEngine {
 public:
  static Result<FeatureEngine> create(const EngineKey& key, const EngineParameters& parameters);
  FeatureEngine(FeatureEngine&&) noexcept;
  FeatureEngine& operator=(FeatureEngine&&) noexcept;
  ~FeatureEngine();

  /// Errors of all five: malformed, naming the row; the row then feeds nothing.
  Result<void> on_book(const BookInput& row);
  Result<void> on_trade(const TradeInput& row);
  Result<void> on_ticker(const TickerInput& row);
  Result<void> on_derivative(const DerivativeInput& row);
  Result<void> on_gap(const GapInput& row);
  /// Time has come to `now`: a row of another channel, or the closing time of a segment.
  void advance_to(UnixNanos now);

  /// Writes the bars that are not closed yet as they are, `is_complete` false; they go on.
  void write_unfinished_bars();

  EngineTables& tables();

  /// Of saved states; a change of any family's saved members, or of what is saved around the
  /// engines, needs a new one.
  static constexpr uint32_t kStateVersion = 5;
  std::string save() const;
  /// Errors: malformed, for a state that is damaged, of another version or other parameters.
  static Result<FeatureEngine> restore(const EngineKey& key, const EngineParameters& parameters,
                                       std::string_view state);

 private:
  struct Inner;
  explicit FeatureEngine(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

/// Each of its own channel's parameters.
Schema silver_orderbook_schema(const FeatureParameters& parameters);
Schema silver_trades_schema(const FeatureParameters& parameters);
Schema silver_ticker_schema(const FeatureParameters& parameters);
Schema bars_schema(Channel channel, const FeatureParameters& parameters);
Schema information_bars_schema();

}  // namespace daedalus
