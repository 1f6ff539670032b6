#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/bronze/interpreter.hpp"
#include "daedalus/bronze/row_sink.hpp"
#include "daedalus/bronze/schema.hpp"
#include "daedalus/columnar/parquet.hpp"
#include "daedalus/columnar/table.hpp"

namespace daedalus {

/// The rows of one (table, symbol) of one segment, until they are written.
struct Partition {
  BronzeTable kind = BronzeTable::orderbook;
  std::string folder;  ///< orderbook, trades, candles, ...
  std::string symbol;
  Table table;
  int price_decimals = 0;  ///< Most decimals of a price, zeros at the end aside.
  int size_decimals = 0;
  int64_t rows = 0;                     ///< All, the spilled ones too.
  size_t bytes = 0;                     ///< About what `table` takes.
  std::optional<ParquetWriter> writer;  ///< Once rows were written.
  std::string staged;                   ///< Where it writes.

  Partition(BronzeTable kind, std::string folder, std::string symbol);
};

struct RowTablesOptions {
  std::string exchange;
  std::string source;
  UnixNanos hour;            ///< All rows lie in it.
  bool book_images = false;  ///< `orderbook_mode: snapshot`: the book's top instead of deltas.
  int64_t max_orderbook_depth = 0;  ///< Of these; 0: all levels.
};

/// Builds the tables of one segment from its rows, in memory.
class RowTables final : public RowSink {
 public:
  RowTables(const RowTablesOptions& options, const Exchange& exchange,
            const Interpreter& interpreter);

  void on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) override;
  void on_trade_row(const RowKey& key, const Trade& trade) override;
  void on_ticker_row(const RowKey& key, const Ticker& ticker) override;
  void on_gap_row(const RowKey& key, const GapRow& gap) override;
  void on_other_row(const RowKey& key, const OtherMessage& message) override;
  void on_instrument_row(const RowKey& key, const Instrument& instrument) override;

  /// About what all tables take now.
  size_t bytes() const { return bytes_; }
  /// By folder and symbol: their order is that of the segment record.
  using Partitions = std::map<std::pair<std::string, std::string>, Partition>;
  Partitions& partitions() { return partitions_; }
  /// The one that takes most memory; null if all are empty.
  Partition* largest();
  /// To be called when a partition's table was written and cleared.
  void forget_bytes(Partition& partition);

 private:
  Partition& begin_row(BronzeTable kind, std::string_view folder, const RowKey& key,
                       const std::optional<int64_t>& exchange_us);
  void append_levels(Partition& partition, Column& column, const std::vector<PriceLevel>& levels);
  void end_row(Partition& partition, size_t variable_bytes);
  const Instrument* size_facts(const RowKey& key);
  std::optional<double> cost_of(const Trade& trade, const Instrument* facts) const;

  RowTablesOptions options_;
  const Exchange* exchange_;
  const Interpreter* interpreter_;
  Partitions partitions_;
  Partition* last_[6] = {};  ///< By table: where the row before went.
  std::map<std::string, std::optional<Instrument>, std::less<>> facts_;  ///< By native id.
  int64_t year_ = 0, month_ = 0, day_ = 0, hour_ = 0;
  size_t bytes_ = 0;
  BookMessage image_;  ///< Reused.
};

}  // namespace daedalus
