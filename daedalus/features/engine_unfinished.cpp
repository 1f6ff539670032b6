#include "daedalus/features/engine_inner.hpp"

namespace daedalus {

void FeatureEngine::write_unfinished_bars() {
  Inner& self = *inner_;
  for (size_t i = 0; i < self.book_bars.size(); ++i) {
    const Inner::BookBars& each = self.book_bars[i];
    if (!each.bars.is_open()) continue;
    // What has not come yet is no gap.
    const int64_t to_come_ns = each.bars.end().value - self.time.value;
    const int64_t covered_ns =
        self.coverage.covered_until(self.time) - each.covered_at_start + to_come_ns;
    OrderbookBars bars = each.bars;
    bars.close(self.key, self.steps.totals(), covered_ns, self.keys,
               self.bar_table(Channel::orderbook, i), false);
  }
  for (size_t i = 0; i < self.trade_bars.size(); ++i) {
    TradeBars bars = self.trade_bars[i];
    if (bars.is_open()) bars.close(self.key, self.keys, self.bar_table(Channel::trades, i), false);
  }
  for (size_t i = 0; i < self.ticker_bars.size(); ++i) {
    TickerBars bars = self.ticker_bars[i];
    if (bars.is_open()) bars.close(self.key, self.keys, self.bar_table(Channel::ticker, i), false);
  }
  for (size_t i = 0; i < self.information_bars.size(); ++i) {
    self.information_bars[i].write_unfinished(self.key, self.keys,
                                              self.tables.information_bars[i].table);
  }
}

}  // namespace daedalus
