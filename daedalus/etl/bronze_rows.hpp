#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "daedalus/columnar/table.hpp"
#include "daedalus/exchanges/exchange.hpp"
#include "daedalus/features/engine.hpp"

namespace daedalus {

/// Gives rows of one channel's bronze table to an engine, wherever the table comes from: files, or
/// the capture's own memory.
class BronzeRows {
 public:
  /// Null for a channel that feeds no features. They are orderbook, trades, ticker, gaps and the
  /// derivative channels of `venue`, which may be null.
  static std::unique_ptr<BronzeRows> of_channel(std::string_view channel, const Exchange* venue);
  virtual ~BronzeRows() = default;

  /// The columns to read.
  virtual std::span<const char* const> columns() const = 0;
  /// Takes this table from now on; its columns may be refilled. Errors: malformed.
  Result<void> bind(const Table& table);
  /// (capture_time_ns, recv_seq).
  std::pair<int64_t, int64_t> position(size_t row) const {
    return {times_->integers[row], sequences_->integers[row]};
  }
  /// Gives a row to the engine. Errors: the engine's.
  virtual Result<void> feed(size_t row, FeatureEngine& engine) const = 0;

 protected:
  virtual Result<void> bind_own() = 0;
  Result<const Column*> column(std::string_view name, ColumnType type) const;

 private:
  const Table* table_ = nullptr;
  const Column* times_ = nullptr;
  const Column* sequences_ = nullptr;
};

}  // namespace daedalus
