#include "daedalus/etl/bronze_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace daedalus {
namespace {

std::optional<int64_t> integer_at(const Column& column, size_t row) {
  if (column.is_null(row)) return std::nullopt;
  return column.integers[row];
}

class BookRows : public BronzeRows {
 public:
  static constexpr const char* kColumns[] = {"timestamp", "nonce",           "bids",    "asks",
                                             "kind",      "capture_time_ns", "recv_seq"};
  std::span<const char* const> columns() const override { return kColumns; }
  Result<void> bind_own() override {
    DAEDALUS_TRY(timestamp_, column("timestamp", ColumnType::int64));
    DAEDALUS_TRY(nonce_, column("nonce", ColumnType::int64));
    DAEDALUS_TRY(bids_, column("bids", ColumnType::levels));
    DAEDALUS_TRY(asks_, column("asks", ColumnType::levels));
    DAEDALUS_TRY(kind_, column("kind", ColumnType::utf8));
    return {};
  }

  Result<void> feed(size_t row, FeatureEngine& engine) const override {
    const auto [time, sequence] = position(row);
    const std::string_view kind = kind_->text_at(row);
    return engine.on_book({
        .capture_time = {time},
        .recv_seq = sequence,
        .kind = kind == "delta"      ? BookInputKind::delta
                : kind == "snapshot" ? BookInputKind::snapshot
                                     : BookInputKind::checkpoint,
        .timestamp_ms = integer_at(*timestamp_, row),
        .nonce = integer_at(*nonce_, row),
        .bids = levels(*bids_, row),
        .asks = levels(*asks_, row),
    });
  }

 private:
  LevelsInput levels(const Column& column, size_t row) const {
    const auto [first, last] = column.levels_at(row);
    return {.prices = std::span(column.prices).subspan(first, last - first),
            .sizes = std::span(column.sizes).subspan(first, last - first)};
  }

  const Column* timestamp_ = nullptr;
  const Column* nonce_ = nullptr;
  const Column* bids_ = nullptr;
  const Column* asks_ = nullptr;
  const Column* kind_ = nullptr;
};

class TradeRows : public BronzeRows {
 public:
  static constexpr const char* kColumns[] = {"trade_id",
                                             "timestamp",
                                             "side",
                                             "price",
                                             "amount",
                                             "cost",
                                             "info_json",
                                             "kind",
                                             "aggregate",
                                             "taker_side_source",
                                             "exchange_time_us",
                                             "symbol_native",
                                             "capture_time_ns",
                                             "recv_seq"};
  std::span<const char* const> columns() const override { return kColumns; }
  Result<void> bind_own() override {
    DAEDALUS_TRY(trade_id_, column("trade_id", ColumnType::utf8));
    DAEDALUS_TRY(timestamp_, column("timestamp", ColumnType::int64));
    DAEDALUS_TRY(side_, column("side", ColumnType::utf8));
    DAEDALUS_TRY(price_, column("price", ColumnType::float64));
    DAEDALUS_TRY(amount_, column("amount", ColumnType::float64));
    DAEDALUS_TRY(cost_, column("cost", ColumnType::float64));
    DAEDALUS_TRY(info_, column("info_json", ColumnType::utf8));
    DAEDALUS_TRY(kind_, column("kind", ColumnType::utf8));
    DAEDALUS_TRY(aggregate_, column("aggregate", ColumnType::boolean));
    DAEDALUS_TRY(side_source_, column("taker_side_source", ColumnType::utf8));
    DAEDALUS_TRY(exchange_time_, column("exchange_time_us", ColumnType::int64));
    DAEDALUS_TRY(native_, column("symbol_native", ColumnType::utf8));
    return {};
  }

  Result<void> feed(size_t row, FeatureEngine& engine) const override {
    const auto [time, sequence] = position(row);
    const std::string_view side = side_->text_at(row);
    const double cost = cost_->doubles[row];
    return engine.on_trade({
        .capture_time = {time},
        .recv_seq = sequence,
        .is_live = kind_->text_at(row) == "live",
        .is_aggregate = integer_at(*aggregate_, row).value_or(0) != 0,
        .side = side == "buy"    ? std::optional(Side::buy)
                : side == "sell" ? std::optional(Side::sell)
                                 : std::nullopt,
        .price = price_->doubles[row],
        .amount = amount_->doubles[row],
        .cost = std::isnan(cost) ? std::nullopt : std::optional(cost),
        .timestamp_ms = integer_at(*timestamp_, row),
        .exchange_time_us = integer_at(*exchange_time_, row),
        .trade_id = trade_id_->text_at(row),
        .info_json = info_->text_at(row),
        .symbol_native = native_->text_at(row),
        .taker_side_source = side_source_->text_at(row),
    });
  }

 private:
  const Column *trade_id_ = nullptr, *timestamp_ = nullptr, *side_ = nullptr, *price_ = nullptr;
  const Column *amount_ = nullptr, *cost_ = nullptr, *info_ = nullptr, *kind_ = nullptr;
  const Column *aggregate_ = nullptr, *side_source_ = nullptr, *exchange_time_ = nullptr;
  const Column* native_ = nullptr;
};

class TickerRows : public BronzeRows {
 public:
  static constexpr const char* kValues[kTickerValues] = {
      "bid", "ask",   "bid_volume", "ask_volume",  "last",         "open",   "high",
      "low", "close", "vwap",       "base_volume", "quote_volume", "change", "percentage"};
  static constexpr const char* kColumns[] = {"bid",           "ask",
                                             "bid_volume",    "ask_volume",
                                             "last",          "open",
                                             "high",          "low",
                                             "close",         "vwap",
                                             "base_volume",   "quote_volume",
                                             "change",        "percentage",
                                             "timestamp",     "info_json",
                                             "kind",          "exchange_time_us",
                                             "symbol_native", "capture_time_ns",
                                             "recv_seq"};
  std::span<const char* const> columns() const override { return kColumns; }
  Result<void> bind_own() override {
    for (size_t i = 0; i < kTickerValues; ++i) {
      DAEDALUS_TRY(values_[i], column(kValues[i], ColumnType::float64));
    }
    DAEDALUS_TRY(timestamp_, column("timestamp", ColumnType::int64));
    DAEDALUS_TRY(info_, column("info_json", ColumnType::utf8));
    DAEDALUS_TRY(kind_, column("kind", ColumnType::utf8));
    DAEDALUS_TRY(exchange_time_, column("exchange_time_us", ColumnType::int64));
    DAEDALUS_TRY(native_, column("symbol_native", ColumnType::utf8));
    return {};
  }

  Result<void> feed(size_t row, FeatureEngine& engine) const override {
    const auto [time, sequence] = position(row);
    std::array<double, kTickerValues> values;
    for (size_t i = 0; i < kTickerValues; ++i) values[i] = values_[i]->doubles[row];
    return engine.on_ticker({
        .capture_time = {time},
        .recv_seq = sequence,
        .is_bbo = kind_->text_at(row) == "bbo",
        .values = values,
        .timestamp_ms = integer_at(*timestamp_, row),
        .exchange_time_us = integer_at(*exchange_time_, row),
        .info_json = info_->text_at(row),
        .symbol_native = native_->text_at(row),
    });
  }

 private:
  const Column* values_[kTickerValues] = {};
  const Column *timestamp_ = nullptr, *info_ = nullptr, *kind_ = nullptr;
  const Column *exchange_time_ = nullptr, *native_ = nullptr;
};

class GapRows : public BronzeRows {
 public:
  static constexpr const char* kColumns[] = {"gap_id",          "edge",    "channel", "kind",
                                             "capture_time_ns", "recv_seq"};
  std::span<const char* const> columns() const override { return kColumns; }
  Result<void> bind_own() override {
    DAEDALUS_TRY(gap_id_, column("gap_id", ColumnType::int64));
    DAEDALUS_TRY(edge_, column("edge", ColumnType::utf8));
    DAEDALUS_TRY(channel_, column("channel", ColumnType::utf8));
    DAEDALUS_TRY(kind_, column("kind", ColumnType::utf8));
    return {};
  }

  /// Kinds that only tell (stale, clock, backpressure, disk) and channels without features feed
  /// nothing.
  Result<void> feed(size_t row, FeatureEngine& engine) const override {
    const std::string_view kind = kind_->text_at(row);
    const bool loses_data = kind == "disconnect" || kind == "sequence" || kind == "checksum" ||
                            kind == "crossed" || kind == "snapshot_late" || kind == "process";
    const auto [time, sequence] = position(row);
    const std::string_view name = channel_->text_at(row);
    const auto channel =
        name == channel_name(Channel::other) ? Channel::other : channel_of_name(name);
    if (!loses_data || (!channel && !name.empty())) {
      engine.advance_to({time});
      return {};
    }
    return engine.on_gap({.capture_time = {time},
                          .recv_seq = sequence,
                          .gap_id = gap_id_->integers[row],
                          .is_open = edge_->text_at(row) == "open",
                          .channel = channel});
  }

 private:
  const Column *gap_id_ = nullptr, *edge_ = nullptr, *channel_ = nullptr, *kind_ = nullptr;
};

class DerivativeRows : public BronzeRows {
 public:
  static constexpr const char* kColumns[] = {"data_json", "capture_time_ns", "recv_seq"};
  std::span<const char* const> columns() const override { return kColumns; }
  DerivativeRows(const Exchange& venue, std::string channel)
      : venue_(venue), channel_(std::move(channel)) {}

  Result<void> bind_own() override {
    DAEDALUS_TRY(data_, column("data_json", ColumnType::utf8));
    return {};
  }

  /// Messages that say nothing of use feed nothing.
  Result<void> feed(size_t row, FeatureEngine& engine) const override {
    const auto [time, sequence] = position(row);
    const auto update = venue_.derivative_of(channel_, data_->text_at(row));
    if (update) return engine.on_derivative({{time}, sequence, *update});
    engine.advance_to({time});
    return {};
  }

 private:
  const Exchange& venue_;  ///< Of the registry.
  std::string channel_;
  const Column* data_ = nullptr;
};

}  // namespace

std::unique_ptr<BronzeRows> BronzeRows::of_channel(std::string_view channel,
                                                   const Exchange* venue) {
  if (channel == "orderbook") return std::make_unique<BookRows>();
  if (channel == "trades") return std::make_unique<TradeRows>();
  if (channel == "ticker") return std::make_unique<TickerRows>();
  if (channel == "gaps") return std::make_unique<GapRows>();
  if (venue != nullptr && std::ranges::count(venue->derivative_channels, channel) > 0) {
    return std::make_unique<DerivativeRows>(*venue, std::string(channel));
  }
  return nullptr;
}

Result<void> BronzeRows::bind(const Table& table) {
  table_ = &table;
  DAEDALUS_TRY(times_, column("capture_time_ns", ColumnType::int64));
  DAEDALUS_TRY(sequences_, column("recv_seq", ColumnType::int64));
  return bind_own();
}

Result<const Column*> BronzeRows::column(std::string_view name, ColumnType type) const {
  const Column* found = table_->find(name);
  if (found == nullptr || found->type != type) {
    return fail(ErrorKind::malformed, "column {} is of another type", name);
  }
  return found;
}

}  // namespace daedalus
