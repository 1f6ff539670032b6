#pragma once

#include <random>
#include <vector>

#include "daedalus/features/engine_feed_for_test.hpp"

namespace daedalus {

/// One row of a made-up stream, with what its views point to.
struct StreamItem {
  enum class Kind { book, trade, ticker, derivative, gap, time } kind = Kind::book;
  double seconds = 0;
  BookInputKind book_kind = BookInputKind::delta;
  TestLevels bids, asks;
  double price = 0;
  double amount = 0;  ///< Of a ticker: ask minus bid.
  double bid_volume = 1, ask_volume = 1;
  std::optional<Side> side;
  bool flag = false;  ///< Of a trade: aggregate; of a gap: open; of a ticker: bbo.
  bool has_cost = true;
  int64_t gap_id = 0;
  std::optional<Channel> channel;
  DerivativeUpdate update;

  void feed(EngineFeed& to) const {
    switch (kind) {
      case Kind::book:
        return to.book(seconds, book_kind, bids, asks);
      case Kind::trade:
        return to.trade(seconds, price, amount, side, flag, has_cost);
      case Kind::ticker:
        return to.ticker(seconds, price, price + amount, bid_volume, ask_volume, flag);
      case Kind::derivative:
        return tell(to);
      case Kind::gap:
        return to.gap(seconds, gap_id, flag, channel);
      case Kind::time:
        return to.engine.advance_to(EngineFeed::at(seconds));
    }
  }

 private:
  void tell(EngineFeed& to) const {
    ASSERT_TRUE(to.engine.on_derivative({EngineFeed::at(seconds), ++to.sequence, update}));
  }
};

/// What a random stream is made of beside the usual.
struct StreamShape {
  double start = 86'000;         ///< Seconds after midnight.
  int64_t gaps_left_out = 1;     ///< One of so many gaps is kept.
  int64_t breaks_left_out = 1;   ///< One of so many long silences is kept.
  int64_t nights = 0;            ///< One in so many items lies hours later; 0: none.
  bool has_derivatives = false;  ///< Mark prices, funding, open interest, liquidations.
  bool has_outliers = true;      ///< Sizes of 1e12.
};

/// Streams with everything that is hard: gaps that overlap, empty sides, crossed and locked books,
/// equal times, times on whole seconds, quiet hours, outliers of 1e12, scales that grow, trades
/// without a side or a cost.
class RandomStream {
 public:
  explicit RandomStream(uint64_t seed, const StreamShape& shape = {})
      : random_(seed), shape_(shape), seconds_(shape.start) {}

  std::vector<StreamItem> make(size_t count) {
    std::vector<StreamItem> items;
    for (size_t i = 0; i < count; ++i) items.push_back(next());
    return items;
  }

 private:
  int64_t draw(int64_t below) { return static_cast<int64_t>(random_() % below); }
  bool one_in(int64_t many) { return draw(many) == 0; }

  StreamItem next() {
    pass_time();
    StreamItem item;
    item.seconds = seconds_;
    if (shape_.has_derivatives && one_in(12)) {
      add_derivative(item);
      return item;
    }
    const int64_t kind = draw(100);
    if (kind < 70) {
      add_book(item);
    } else if (kind < 84) {
      item.kind = StreamItem::Kind::trade;
      item.price = price(centre_ + draw(7) - 3);
      item.amount = size();
      if (!one_in(5)) item.side = one_in(2) ? Side::buy : Side::sell;
      item.flag = one_in(3);
      item.has_cost = !one_in(25);
    } else if (kind < 92) {
      item.kind = StreamItem::Kind::ticker;
      item.price = price(centre_ - 1);
      item.amount = one_in(9) ? -0.5 : 0.25 * static_cast<double>(1 + draw(9));
      item.flag = !one_in(5);
      item.bid_volume = std::abs(item.amount);
    } else if (kind < 97 && (shape_.gaps_left_out == 1 || one_in(shape_.gaps_left_out))) {
      add_gap(item);
    } else {
      item.kind = StreamItem::Kind::time;
    }
    return item;
  }

  void pass_time() {
    if (shape_.nights > 0 && one_in(shape_.nights)) {
      seconds_ += static_cast<double>(draw(100'000));
      return;
    }
    const int64_t how = draw(100);
    if (how < 25) return;
    if (how < 35) {
      seconds_ = std::floor(seconds_) + 1;
    } else if (how < 98 || (shape_.breaks_left_out > 1 && !one_in(shape_.breaks_left_out))) {
      seconds_ += static_cast<double>(draw(4000)) / 4096;
    } else {
      seconds_ += static_cast<double>(draw(one_in(3) ? 9000 : 400));
    }
  }

  double price(int64_t ticks) { return static_cast<double>(std::max<int64_t>(ticks, 1)) / 4; }
  double size() {
    if (one_in(60) && shape_.has_outliers) return 1e12;
    return static_cast<double>(1 + draw(4000)) / (one_in(8) ? 32 : 8);
  }

  void add_levels(TestLevels& levels, int64_t count, int64_t sign, bool may_remove) {
    for (int64_t i = 0; i < count; ++i) {
      const int64_t overlap = one_in(40) ? 3 : 0;
      const int64_t ticks = centre_ + sign * (draw(40) + 1 - overlap);
      levels.add(price(ticks), may_remove && one_in(2) ? 0 : size());
    }
  }

  void add_book(StreamItem& item) {
    if (one_in(12)) centre_ += draw(9) - 4;
    const bool is_image = first_ || one_in(15);
    item.book_kind = is_image ? BookInputKind::snapshot : BookInputKind::delta;
    if (!is_image && one_in(30)) item.book_kind = BookInputKind::checkpoint;
    const bool is_delta = item.book_kind == BookInputKind::delta;
    first_ = false;
    if (!one_in(25)) add_levels(item.bids, draw(is_delta ? 6 : 25), -1, is_delta);
    if (!one_in(25)) add_levels(item.asks, draw(is_delta ? 6 : 25), 1, is_delta);
  }

  void add_gap(StreamItem& item) {
    item.kind = StreamItem::Kind::gap;
    item.gap_id = draw(3);
    item.flag = one_in(3);
    constexpr std::optional<Channel> kChannels[] = {std::nullopt, Channel::orderbook,
                                                    Channel::trades, Channel::ticker};
    item.channel = kChannels[draw(4)];
  }

  void add_derivative(StreamItem& item) {
    item.kind = StreamItem::Kind::derivative;
    const auto decimal = [&](int64_t below) { return Decimal{1 + draw(below), 2}; };
    if (one_in(2)) item.update.mark_price = decimal(200'000);
    if (one_in(3)) item.update.index_price = decimal(200'000);
    if (one_in(4)) item.update.funding_rate = Decimal{draw(2001) - 1000, 7};
    if (one_in(4)) item.update.open_interest = decimal(9'000'000);
    if (!one_in(3)) return;
    item.update.liquidation_side = one_in(2) ? Side::buy : Side::sell;
    item.update.liquidation_amount = decimal(90'000);
  }

  std::mt19937_64 random_;
  StreamShape shape_;
  double seconds_;
  int64_t centre_ = 4000;
  bool first_ = true;
};

/// Every table, with a name of its own.
inline std::vector<std::pair<std::string, const Table*>> named_tables(const EngineTables& tables) {
  std::vector<std::pair<std::string, const Table*>> named = {
      {"orderbook", &tables.orderbook}, {"trades", &tables.trades}, {"ticker", &tables.ticker}};
  for (const BarTable& bars : tables.bars) {
    named.push_back(
        {fmt::format("{}_bars_{}", channel_name(bars.channel), bars.duration_s), &bars.table});
  }
  for (const InformationBarTable& bars : tables.information_bars) {
    named.push_back({fmt::format("{}_bars", information_bar_name(bars.spec.kind)), &bars.table});
  }
  return named;
}

/// All rows of all tables, each with its table's name before it.
inline std::vector<std::string> all_rows(EngineTables& tables) {
  std::vector<std::string> rows;
  for (const auto& [name, table] : named_tables(tables)) {
    for (const std::string& row : exact_rows(*table)) rows.push_back(name + ":" + row);
  }
  return rows;
}

/// Bars of every kind, of thresholds that such sizes reach.
inline std::vector<InformationBarSpec> random_information_bars(bool has_outliers) {
  const char* const of_outliers[] = {"300000000000", "20000000000000", "7", "250000000000"};
  const char* const of_usual[] = {"700", "500000.25", "7", "450.5"};
  std::vector<InformationBarSpec> specs;
  for (size_t i = 0; i < 4; ++i) {
    const char* threshold = has_outliers ? of_outliers[i] : of_usual[i];
    specs.push_back(information_bar_spec(kInformationBarKinds[i], threshold).value());
  }
  return specs;
}

}  // namespace daedalus
