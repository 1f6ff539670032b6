#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daedalus/bronze/row_tables.hpp"
#include "daedalus/bronze/row_tap.hpp"
#include "daedalus/bronze/seal.hpp"
#include "daedalus/etl/bronze_rows.hpp"
#include "daedalus/etl/live_channel.hpp"

namespace daedalus {

struct LiveFeaturesOptions {
  SealOptions seal;  ///< Of the source: live rows are those that sealing will write.
  EngineParameters parameters;
  std::function<void(const std::string&)> tell;  ///< A line for people.
};

/// The feature engines of one source while it is captured. The bronze rows go through the same
/// tables and the same engines as in the ETL, in the same order, so the rows are bit-equal. Fed on
/// the capture's core thread; the engines' work is added to it.
class LiveFeatures final : public RowTap {
 public:
  /// Takes up the engines behind the newest segment: from the ETL's newest state, then over the
  /// bronze behind it, without output. Errors: io. What cannot be taken up begins anew, and is
  /// told.
  static Result<std::unique_ptr<LiveFeatures>> open(LiveFeaturesOptions options,
                                                    LiveChannel& channel);

  void begin_segment(const SegmentHeader& header, const Interpreter& interpreter) override;
  void end_segment(UnixNanos closed) override;
  void on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) override;
  void on_trade_row(const RowKey& key, const Trade& trade) override;
  void on_ticker_row(const RowKey& key, const Ticker& ticker) override;
  void on_gap_row(const RowKey& key, const GapRow& gap) override;
  void on_other_row(const RowKey& key, const OtherMessage& message) override;
  void on_instrument_row(const RowKey& key, const Instrument& instrument) override;

  /// Rows that an engine refused as malformed.
  int64_t rows_refused() const { return rows_refused_; }

 private:
  struct Feeder {
    Partition* partition = nullptr;
    std::unique_ptr<BronzeRows> rows;
  };
  struct Slot {
    std::optional<FeatureEngine> engine;
    std::map<std::string, Feeder> feeders;  ///< By channel, of the open segment.
    UnixNanos taken_at;
  };

  LiveFeatures(LiveFeaturesOptions options, LiveChannel& channel)
      : options_(std::move(options)), channel_(&channel) {}

  Result<void> warm_up();
  Slot& slot_of(const std::string& symbol);
  Feeder& feeder_of(std::map<std::string, Feeder>& feeders, const std::string& channel,
                    const std::string& symbol);
  /// A row of this channel was given to the tables: feeds it.
  void feed(const std::string& channel, const RowKey& key);
  void feed_all(const RowKey& key);
  void take_rows(const std::string& symbol, Slot& slot, UnixNanos now, bool is_all);

  LiveFeaturesOptions options_;
  LiveChannel* channel_;  ///< Of who made this; lives longer.
  std::map<std::string, Slot> slots_;
  std::string segment_;
  std::optional<RowTables> tables_;
  std::map<std::string, Feeder> feeders_of_all_;  ///< Of rows without a symbol.
  /// Gaps of all symbols of the open segment, for engines that begin behind them.
  std::unique_ptr<Table> gaps_of_all_;
  int64_t rows_refused_ = 0;
};

}  // namespace daedalus
