#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "daedalus/features/engine.hpp"

namespace daedalus {

/// Prices and sizes as a bronze row's doubles.
struct TestLevels {
  std::vector<double> prices;
  std::vector<double> sizes;

  TestLevels(std::initializer_list<std::pair<double, double>> levels = {}) {
    for (const auto& [price, size] : levels) add(price, size);
  }
  void add(double price, double size) {
    prices.push_back(price);
    sizes.push_back(size);
  }
  LevelsInput input() const { return {prices, sizes}; }
};

inline FeatureParameters windows_of(std::vector<int> windows_s, double emit_interval_s) {
  FeatureParameters parameters;
  parameters.rolling_windows_s = std::move(windows_s);
  parameters.emit_interval_s = emit_interval_s;
  return parameters;
}

/// 2024-07-19T00:00:00Z, a Friday.
inline constexpr int64_t kFriday = 1'721'347'200 * kNanosPerSecond;

/// Feeds an engine with rows at seconds after a midnight; every row must be taken.
class EngineFeed {
 public:
  explicit EngineFeed(const EngineParameters& parameters = {})
      : engine(FeatureEngine::create({"test", "venue", "BTC-USD"}, parameters).value()) {}

  static UnixNanos at(double seconds) {
    return {kFriday + static_cast<int64_t>(std::llround(seconds * 1e9))};
  }
  void book(double seconds, BookInputKind kind, const TestLevels& bids, const TestLevels& asks) {
    const auto taken = engine.on_book({.capture_time = at(seconds),
                                       .recv_seq = ++sequence,
                                       .kind = kind,
                                       .timestamp_ms = at(seconds).value / 1'000'000 - 5,
                                       .nonce = sequence,
                                       .bids = bids.input(),
                                       .asks = asks.input()});
    ASSERT_TRUE(taken) << taken.error().message;
  }
  void snapshot(double seconds, const TestLevels& bids, const TestLevels& asks) {
    book(seconds, BookInputKind::snapshot, bids, asks);
  }
  void delta(double seconds, const TestLevels& bids, const TestLevels& asks) {
    book(seconds, BookInputKind::delta, bids, asks);
  }
  void trade(double seconds, double price, double amount, std::optional<Side> side = Side::buy,
             bool is_aggregate = false, bool has_cost = true) {
    const auto taken =
        engine.on_trade({.capture_time = at(seconds),
                         .recv_seq = ++sequence,
                         .is_aggregate = is_aggregate,
                         .side = side,
                         .price = price,
                         .amount = amount,
                         .cost = has_cost ? std::optional(price * amount) : std::nullopt,
                         .trade_id = "7",
                         .symbol_native = "BTCUSD",
                         .taker_side_source = "venue"});
    ASSERT_TRUE(taken) << taken.error().message;
  }
  void ticker(double seconds, double bid, double ask, double bid_volume = 1, double ask_volume = 1,
              bool is_bbo = true) {
    std::vector<double> values(kTickerValues, std::nan(""));
    values[0] = bid;
    values[1] = ask;
    values[2] = bid_volume;
    values[3] = ask_volume;
    const auto taken = engine.on_ticker({.capture_time = at(seconds),
                                         .recv_seq = ++sequence,
                                         .is_bbo = is_bbo,
                                         .values = std::span<const double, kTickerValues>(values),
                                         .symbol_native = "BTCUSD"});
    ASSERT_TRUE(taken) << taken.error().message;
  }
  void gap(double seconds, int64_t id, bool is_open, std::optional<Channel> channel) {
    ASSERT_TRUE(engine.on_gap({.capture_time = at(seconds),
                               .recv_seq = ++sequence,
                               .gap_id = id,
                               .is_open = is_open,
                               .channel = channel}));
  }

  const Table& rows() { return engine.tables().orderbook; }
  const Table& bars(Channel channel, int duration_s) {
    for (const BarTable& bars : engine.tables().bars) {
      if (bars.channel == channel && bars.duration_s == duration_s) return bars.table;
    }
    throw std::out_of_range("no such bars");
  }

  FeatureEngine engine;
  int64_t sequence = 0;
};

inline const Column& column(const Table& table, std::string_view name) {
  const Column* found = table.find(name);
  if (found == nullptr) throw std::out_of_range("no column " + std::string(name));
  return *found;
}
inline double number(const Table& table, std::string_view name, size_t row) {
  return column(table, name).doubles.at(row);
}
inline int64_t integer(const Table& table, std::string_view name, size_t row) {
  return column(table, name).integers.at(row);
}
inline double last(const Table& table, std::string_view name) {
  return column(table, name).doubles.back();
}
inline bool null_at(const Table& table, std::string_view name, size_t row) {
  return column(table, name).is_null(row);
}

/// All values of a table as text with all bits of its doubles, row by row.
inline std::vector<std::string> exact_rows(const Table& table) {
  std::vector<std::string> rows(table.rows());
  for (const Column& each : table.columns) {
    for (size_t row = 0; row < rows.size(); ++row) {
      if (each.is_null(row)) {
        rows[row] += "null,";
      } else if (each.type == ColumnType::float64) {
        rows[row] += fmt::format("{:a},", each.doubles[row]);
      } else if (each.type == ColumnType::utf8) {
        rows[row] += std::string(each.text_at(row)) + ",";
      } else if (each.type == ColumnType::levels) {
        const auto [first, last] = each.levels_at(row);
        for (size_t i = first; i < last; ++i) {
          rows[row] += fmt::format("{:a} x {:a},", each.prices[i], each.sizes[i]);
        }
      } else {
        rows[row] += fmt::format("{},", each.integers[row]);
      }
    }
  }
  return rows;
}

}  // namespace daedalus
