#pragma once

#include <memory>
#include <string>
#include <utility>

#include "daedalus/base/error.hpp"
#include "daedalus/columnar/parquet.hpp"
#include "daedalus/etl/bronze_rows.hpp"

namespace daedalus {

/// One bronze file, row by row, one row group in memory at a time.
class BronzeStream {
 public:
  /// Opens the file of a channel that feeds features (see BronzeRows); absent pointer for others.
  /// `rows`: what the segment's record says. Errors: malformed or io.
  static Result<std::unique_ptr<BronzeStream>> open(const std::string& path,
                                                    const std::string& channel, int64_t rows,
                                                    const Exchange* venue);

  bool at_end() const { return row_ == rows_; }
  /// (capture_time_ns, recv_seq) of the current row.
  std::pair<int64_t, int64_t> position() const { return feeder_->position(row_); }
  /// Gives the current row to the engine. Errors: the engine's.
  Result<void> feed(FeatureEngine& engine) { return feeder_->feed(row_, engine); }
  /// Goes to the next row. Errors: malformed, also for rows out of order.
  Result<void> advance();

  const std::string& path() const { return path_; }

 private:
  BronzeStream(ParquetReader reader, std::unique_ptr<BronzeRows> rows, std::string path);
  Result<void> load_next_group();

  std::unique_ptr<BronzeRows> feeder_;
  ParquetReader reader_;
  std::string path_;
  int next_group_ = 0;
  size_t row_ = 0;
  size_t rows_ = 0;
  Table table_;
  std::pair<int64_t, int64_t> last_{INT64_MIN, INT64_MIN};
};

}  // namespace daedalus
