#pragma once

#include <memory>
#include <string>
#include <utility>

#include "daedalus/base/error.hpp"
#include "daedalus/columnar/parquet.hpp"
#include "daedalus/features/engine.hpp"

namespace daedalus {

/// One bronze file, row by row, one row group in memory at a time.
class BronzeStream {
 public:
  /// Opens the file of a channel that feeds features (orderbook, trades, ticker, gaps); absent
  /// pointer for other channels. `rows`: what the segment's record says. Errors: malformed or io.
  static Result<std::unique_ptr<BronzeStream>> open(const std::string& path,
                                                    const std::string& channel, int64_t rows);
  virtual ~BronzeStream() = default;

  bool at_end() const { return row_ == rows_; }
  /// (capture_time_ns, recv_seq) of the current row.
  std::pair<int64_t, int64_t> position() const { return {times_[row_], sequences_[row_]}; }
  /// Gives the current row to the engine. Errors: the engine's.
  virtual Result<void> feed(FeatureEngine& engine) = 0;
  /// Goes to the next row. Errors: malformed, also for rows out of order.
  Result<void> advance();

  const std::string& path() const { return path_; }

 protected:
  BronzeStream(ParquetReader reader, std::string path);
  /// Finds the columns in the row group just read.
  virtual Result<void> bind() = 0;
  Result<void> load_next_group();
  /// The column of that name and type. Errors: malformed, naming the file.
  Result<const Column*> column(std::string_view name, ColumnType type) const;
  int metadata_number(const std::string& key) const;

  size_t row_ = 0;

 private:
  ParquetReader reader_;
  std::string path_;
  int next_group_ = 0;
  size_t rows_ = 0;
  Table table_{Schema{}};
  const int64_t* times_ = nullptr;
  const int64_t* sequences_ = nullptr;
  std::pair<int64_t, int64_t> last_{INT64_MIN, INT64_MIN};
};

}  // namespace daedalus
