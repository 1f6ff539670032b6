#include "daedalus/etl/bronze_stream.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace daedalus {
namespace {

std::optional<int64_t> integer_at(const Column& column, size_t row) {
  if (column.is_null(row)) return std::nullopt;
  return column.integers[row];
}

class BookStream : public BronzeStream {
 public:
  static constexpr const char* kColumns[] = {"timestamp", "nonce",           "bids",    "asks",
                                             "kind",      "capture_time_ns", "recv_seq"};
  BookStream(ParquetReader reader, std::string path)
      : BronzeStream(std::move(reader), std::move(path)),
        price_decimals_(metadata_number("daedalus.price_decimals")),
        size_decimals_(metadata_number("daedalus.size_decimals")) {}

  Result<void> bind() override {
    DAEDALUS_TRY(timestamp_, column("timestamp", ColumnType::int64));
    DAEDALUS_TRY(nonce_, column("nonce", ColumnType::int64));
    DAEDALUS_TRY(bids_, column("bids", ColumnType::levels));
    DAEDALUS_TRY(asks_, column("asks", ColumnType::levels));
    DAEDALUS_TRY(kind_, column("kind", ColumnType::utf8));
    return {};
  }

  Result<void> feed(FeatureEngine& engine) override {
    const auto [time, sequence] = position();
    const std::string_view kind = kind_->text_at(row_);
    return engine.on_book({
        .capture_time = {time},
        .recv_seq = sequence,
        .kind = kind == "delta"      ? BookInputKind::delta
                : kind == "snapshot" ? BookInputKind::snapshot
                                     : BookInputKind::checkpoint,
        .timestamp_ms = integer_at(*timestamp_, row_),
        .nonce = integer_at(*nonce_, row_),
        .bids = levels(*bids_),
        .asks = levels(*asks_),
        .price_decimals = price_decimals_,
        .size_decimals = size_decimals_,
    });
  }

 private:
  LevelsInput levels(const Column& column) const {
    const auto [first, last] = column.levels_at(row_);
    return {.prices = std::span(column.prices).subspan(first, last - first),
            .sizes = std::span(column.sizes).subspan(first, last - first)};
  }

  int price_decimals_;
  int size_decimals_;
  const Column* timestamp_ = nullptr;
  const Column* nonce_ = nullptr;
  const Column* bids_ = nullptr;
  const Column* asks_ = nullptr;
  const Column* kind_ = nullptr;
};

class TradeStream : public BronzeStream {
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
  TradeStream(ParquetReader reader, std::string path)
      : BronzeStream(std::move(reader), std::move(path)) {}

  Result<void> bind() override {
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

  Result<void> feed(FeatureEngine& engine) override {
    const auto [time, sequence] = position();
    const std::string_view side = side_->text_at(row_);
    const double cost = cost_->doubles[row_];
    return engine.on_trade({
        .capture_time = {time},
        .recv_seq = sequence,
        .is_live = kind_->text_at(row_) == "live",
        .is_aggregate = integer_at(*aggregate_, row_).value_or(0) != 0,
        .side = side == "buy"    ? std::optional(Side::buy)
                : side == "sell" ? std::optional(Side::sell)
                                 : std::nullopt,
        .price = price_->doubles[row_],
        .amount = amount_->doubles[row_],
        .cost = std::isnan(cost) ? std::nullopt : std::optional(cost),
        .timestamp_ms = integer_at(*timestamp_, row_),
        .exchange_time_us = integer_at(*exchange_time_, row_),
        .trade_id = trade_id_->text_at(row_),
        .info_json = info_->text_at(row_),
        .symbol_native = native_->text_at(row_),
        .taker_side_source = side_source_->text_at(row_),
    });
  }

 private:
  const Column *trade_id_ = nullptr, *timestamp_ = nullptr, *side_ = nullptr, *price_ = nullptr;
  const Column *amount_ = nullptr, *cost_ = nullptr, *info_ = nullptr, *kind_ = nullptr;
  const Column *aggregate_ = nullptr, *side_source_ = nullptr, *exchange_time_ = nullptr;
  const Column* native_ = nullptr;
};

class TickerStream : public BronzeStream {
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
  TickerStream(ParquetReader reader, std::string path)
      : BronzeStream(std::move(reader), std::move(path)) {}

  Result<void> bind() override {
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

  Result<void> feed(FeatureEngine& engine) override {
    const auto [time, sequence] = position();
    std::array<double, kTickerValues> values;
    for (size_t i = 0; i < kTickerValues; ++i) values[i] = values_[i]->doubles[row_];
    return engine.on_ticker({
        .capture_time = {time},
        .recv_seq = sequence,
        .is_bbo = kind_->text_at(row_) == "bbo",
        .values = values,
        .timestamp_ms = integer_at(*timestamp_, row_),
        .exchange_time_us = integer_at(*exchange_time_, row_),
        .info_json = info_->text_at(row_),
        .symbol_native = native_->text_at(row_),
    });
  }

 private:
  const Column* values_[kTickerValues] = {};
  const Column *timestamp_ = nullptr, *info_ = nullptr, *kind_ = nullptr;
  const Column *exchange_time_ = nullptr, *native_ = nullptr;
};

class GapStream : public BronzeStream {
 public:
  static constexpr const char* kColumns[] = {"gap_id",          "edge",    "channel", "kind",
                                             "capture_time_ns", "recv_seq"};
  GapStream(ParquetReader reader, std::string path)
      : BronzeStream(std::move(reader), std::move(path)) {}

  Result<void> bind() override {
    DAEDALUS_TRY(gap_id_, column("gap_id", ColumnType::int64));
    DAEDALUS_TRY(edge_, column("edge", ColumnType::utf8));
    DAEDALUS_TRY(channel_, column("channel", ColumnType::utf8));
    DAEDALUS_TRY(kind_, column("kind", ColumnType::utf8));
    return {};
  }

  /// Kinds that only tell (stale, clock, backpressure, disk) and channels without features feed
  /// nothing.
  Result<void> feed(FeatureEngine& engine) override {
    const std::string_view kind = kind_->text_at(row_);
    const bool loses_data = kind == "disconnect" || kind == "sequence" || kind == "checksum" ||
                            kind == "crossed" || kind == "snapshot_late" || kind == "process";
    const auto [time, sequence] = position();
    const std::string_view name = channel_->text_at(row_);
    const auto channel = channel_of_name(name);
    if (!loses_data || (!channel && !name.empty())) {
      engine.advance_to({time});
      return {};
    }
    return engine.on_gap({.capture_time = {time},
                          .recv_seq = sequence,
                          .gap_id = gap_id_->integers[row_],
                          .is_open = edge_->text_at(row_) == "open",
                          .channel = channel});
  }

 private:
  const Column *gap_id_ = nullptr, *edge_ = nullptr, *channel_ = nullptr, *kind_ = nullptr;
};

template <class Stream>
Result<std::unique_ptr<BronzeStream>> open_as(const std::string& path) {
  const std::vector<std::string> columns(std::begin(Stream::kColumns), std::end(Stream::kColumns));
  DAEDALUS_TRY(ParquetReader reader, ParquetReader::open(path, columns));
  return std::unique_ptr<BronzeStream>(std::make_unique<Stream>(std::move(reader), path));
}

Result<std::unique_ptr<BronzeStream>> open_channel(const std::string& path,
                                                   const std::string& channel) {
  if (channel == "orderbook") return open_as<BookStream>(path);
  if (channel == "trades") return open_as<TradeStream>(path);
  if (channel == "ticker") return open_as<TickerStream>(path);
  if (channel == "gaps") return open_as<GapStream>(path);
  return std::unique_ptr<BronzeStream>();
}

}  // namespace

BronzeStream::BronzeStream(ParquetReader reader, std::string path)
    : reader_(std::move(reader)), path_(std::move(path)) {}

Result<std::unique_ptr<BronzeStream>> BronzeStream::open(const std::string& path,
                                                         const std::string& channel, int64_t rows) {
  DAEDALUS_TRY(auto stream, open_channel(path, channel));
  if (!stream) return stream;
  if (stream->reader_.rows() != rows) {
    return fail(ErrorKind::malformed,
                "damaged Parquet file {}: it holds {} rows, its segment's record says {}", path,
                stream->reader_.rows(), rows);
  }
  DAEDALUS_OK(stream->load_next_group());
  return stream;
}

Result<void> BronzeStream::load_next_group() {
  row_ = rows_ = 0;
  while (rows_ == 0 && next_group_ < reader_.row_groups()) {
    DAEDALUS_TRY(table_, reader_.read_row_group(next_group_++));
    rows_ = table_.rows();
  }
  if (rows_ == 0) return {};
  DAEDALUS_TRY(const Column* times, column("capture_time_ns", ColumnType::int64));
  DAEDALUS_TRY(const Column* sequences, column("recv_seq", ColumnType::int64));
  times_ = times->integers.data();
  sequences_ = sequences->integers.data();
  return bind();
}

Result<void> BronzeStream::advance() {
  last_ = position();
  if (++row_ == rows_) DAEDALUS_OK(load_next_group());
  if (!at_end() && position() <= last_) {
    return fail(ErrorKind::malformed, "damaged Parquet file {}: rows out of order at recv_seq {}",
                path_, position().second);
  }
  return {};
}

Result<const Column*> BronzeStream::column(std::string_view name, ColumnType type) const {
  const Column* found = table_.find(name);
  if (found == nullptr || found->type != type) {
    return fail(ErrorKind::malformed, "damaged Parquet file {}: column {} is of another type",
                path_, name);
  }
  return found;
}

int BronzeStream::metadata_number(const std::string& key) const {
  const auto found = reader_.metadata().find(key);
  return found == reader_.metadata().end() ? 0 : std::atoi(found->second.c_str());
}

}  // namespace daedalus
