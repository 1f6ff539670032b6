#pragma once

#include "daedalus/features/bars.hpp"
#include "daedalus/features/parameters.hpp"
#include "daedalus/features/trade_event.hpp"

namespace daedalus {

/// Gold bars of the trades of one duration.
class TradeBars {
 public:
  explicit TradeBars(int duration_s) : duration_s_(duration_s) {}

  static std::vector<FeatureColumn> columns();
  int duration_s() const { return duration_s_; }
  void on_trade(const TradeEvent& trade);
  bool is_due(UnixNanos now) const {
    return is_open_ && now.value >= start_.value + duration_s_ * kNanosPerSecond;
  }
  bool is_open() const { return is_open_; }
  void close(const EngineKey& key, TimeKeys& keys, Table& table, bool is_complete = true);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  int duration_s_;
  bool is_open_ = false;
  UnixNanos start_;
  OpenHighLowClose price_;
  CompensatedSum volume_, dollar_volume_, buy_volume_, sell_volume_, realized_variance_;
  int64_t trades_ = 0;
};

}  // namespace daedalus
