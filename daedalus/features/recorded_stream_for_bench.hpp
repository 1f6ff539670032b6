#pragma once

#include <time.h>

#include <algorithm>

#include "daedalus/book/order_book.hpp"
#include "daedalus/book/recorded_books_for_test.hpp"
#include "daedalus/features/engine.hpp"

namespace daedalus {

/// Rows of bronze in memory, the levels in columns as a file gives them.
struct BenchStream {
  struct Column {
    std::vector<double> prices, sizes;
  };
  struct Levels {
    size_t first = 0, count = 0;
    LevelsInput of(const Column& column) const {
      return {.prices = std::span(column.prices).subspan(first, count),
              .sizes = std::span(column.sizes).subspan(first, count)};
    }
  };
  struct Row {
    UnixNanos time;
    bool is_book = true;
    bool is_snapshot = false;
    Levels bids, asks;
    TradeInput trade;
  };
  std::vector<Row> rows;
  Column bids, asks;
  int64_t book_events = 0;
};

inline BenchStream::Levels append(const std::vector<PriceLevel>& levels,
                                  BenchStream::Column& column) {
  const size_t first = column.prices.size();
  for (const PriceLevel& level : levels) {
    column.prices.push_back(to_double(level.price));
    column.sizes.push_back(to_double(level.size));
  }
  return {first, levels.size()};
}

inline BenchStream::Levels append_top(const OrderBook& book, Side side, size_t count,
                                      BenchStream::Column& column) {
  const size_t first = column.prices.size();
  std::vector<BookLevel> levels;
  book.copy_top(side, count, levels);
  for (const BookLevel& level : levels) {
    column.prices.push_back(to_double({level.price, static_cast<int8_t>(book.price_scale())}));
    column.sizes.push_back(to_double({level.size, static_cast<int8_t>(book.size_scale())}));
  }
  return {first, levels.size()};
}

/// `levels` 0: deltas of the whole book; else an image of so many levels after each event.
inline BenchStream stream_of(const std::vector<RecordedEvent>& events, size_t levels) {
  BenchStream stream;
  OrderBook book;
  for (const RecordedEvent& event : events) {
    if (event.book) {
      BenchStream::Row row{.time = event.capture_time,
                           .is_snapshot = event.book->is_snapshot,
                           .bids = {},
                           .asks = {},
                           .trade = {}};
      if (levels > 0 && book.apply(*event.book)) {
        row.is_snapshot = true;
        row.bids = append_top(book, Side::buy, levels, stream.bids);
        row.asks = append_top(book, Side::sell, levels, stream.asks);
      } else {
        row.bids = append(event.book->bids, stream.bids);
        row.asks = append(event.book->asks, stream.asks);
      }
      stream.rows.push_back(std::move(row));
      ++stream.book_events;
    }
    for (const Trade& trade : event.trades) {
      BenchStream::Row row{
          .time = event.capture_time, .is_book = false, .bids = {}, .asks = {}, .trade = {}};
      row.trade.side = trade.taker_side;
      row.trade.price = to_double(trade.price);
      row.trade.amount = to_double(trade.amount);
      row.trade.cost = row.trade.price * row.trade.amount;
      stream.rows.push_back(std::move(row));
    }
  }
  return stream;
}

/// Of this thread on its core: other work on the machine does not count.
inline double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Once through the stream, `shift` later than it was recorded. False on an error.
inline bool feed(FeatureEngine& engine, const BenchStream& stream, Nanoseconds shift,
                 int64_t& sequence, double& image_seconds) {
  for (const BenchStream::Row& row : stream.rows) {
    if (!row.is_book) {
      TradeInput trade = row.trade;
      trade.capture_time = row.time + shift;
      trade.recv_seq = ++sequence;
      if (!engine.on_trade(trade)) return false;
      continue;
    }
    const BookInput input{.capture_time = row.time + shift,
                          .recv_seq = ++sequence,
                          .kind = row.is_snapshot ? BookInputKind::snapshot : BookInputKind::delta,
                          .timestamp_ms = 1,
                          .nonce = sequence,
                          .bids = row.bids.of(stream.bids),
                          .asks = row.asks.of(stream.asks)};
    const bool is_deep_image = row.is_snapshot && row.bids.count > 100;
    const double from = is_deep_image ? thread_seconds() : 0;
    if (!engine.on_book(input)) return false;
    if (is_deep_image) image_seconds += thread_seconds() - from;
    if (sequence % 4096 == 0) {
      engine.tables().orderbook.clear();
      engine.tables().trades.clear();
    }
  }
  return true;
}

}  // namespace daedalus
