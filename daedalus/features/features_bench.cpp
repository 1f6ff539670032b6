#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <deque>

#include "daedalus/book/order_book.hpp"
#include "daedalus/book/recorded_books_for_test.hpp"
#include "daedalus/features/engine.hpp"

namespace daedalus {
namespace {

/// Rows of bronze in memory.
struct Stream {
  struct Levels {
    std::vector<double> prices, sizes;
  };
  struct Row {
    UnixNanos time;
    bool is_book = true;
    bool is_snapshot = false;
    Levels bids, asks;
    TradeInput trade;
  };
  std::vector<Row> rows;
  int64_t book_events = 0;
  int price_decimals = 0;
  int size_decimals = 0;
};

int needed_decimals(Decimal value) {
  while (value.scale > 0 && value.mantissa % 10 == 0) {
    value.mantissa /= 10;
    --value.scale;
  }
  return value.scale;
}

Stream::Levels doubles_of(const std::vector<PriceLevel>& levels, Stream& stream) {
  Stream::Levels out;
  for (const PriceLevel& level : levels) {
    out.prices.push_back(to_double(level.price));
    out.sizes.push_back(to_double(level.size));
    stream.price_decimals = std::max(stream.price_decimals, needed_decimals(level.price));
    stream.size_decimals = std::max(stream.size_decimals, needed_decimals(level.size));
  }
  return out;
}

Stream::Levels top_of(const OrderBook& book, Side side, size_t count) {
  std::vector<BookLevel> levels;
  book.copy_top(side, count, levels);
  Stream::Levels out;
  for (const BookLevel& level : levels) {
    out.prices.push_back(to_double({level.price, static_cast<int8_t>(book.price_scale())}));
    out.sizes.push_back(to_double({level.size, static_cast<int8_t>(book.size_scale())}));
  }
  return out;
}

/// `levels` 0: deltas of the whole book; else an image of so many levels after each event.
Stream stream_of(const std::vector<RecordedEvent>& events, size_t levels) {
  Stream stream;
  OrderBook book;
  for (const RecordedEvent& event : events) {
    if (event.book) {
      Stream::Row row{.time = event.capture_time,
                      .is_snapshot = event.book->is_snapshot,
                      .bids = doubles_of(event.book->bids, stream),
                      .asks = doubles_of(event.book->asks, stream),
                      .trade = {}};
      if (levels > 0 && book.apply(*event.book)) {
        row.is_snapshot = true;
        row.bids = top_of(book, Side::buy, levels);
        row.asks = top_of(book, Side::sell, levels);
      }
      stream.rows.push_back(std::move(row));
      ++stream.book_events;
    }
    for (const Trade& trade : event.trades) {
      Stream::Row row{
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
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Once through the stream, `shift` later than it was recorded. False on an error.
bool feed(FeatureEngine& engine, const Stream& stream, Nanoseconds shift, int64_t& sequence,
          double& image_seconds) {
  for (const Stream::Row& row : stream.rows) {
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
                          .bids = {row.bids.prices, row.bids.sizes},
                          .asks = {row.asks.prices, row.asks.sizes},
                          .price_decimals = stream.price_decimals,
                          .size_decimals = stream.size_decimals};
    const bool is_deep_image = row.is_snapshot && row.bids.prices.size() > 100;
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

/// Unit: one book event of the recording (with its trades, and bars of 4 durations), all columns,
/// rows into memory; with interval 0 that is one row. The recording is tiled in time; its one deep
/// snapshot, which each pass begins with, is not timed.
/// Would show: work per event that grows with the book, a dearer family.
void run_engine(benchmark::State& state, const Stream& stream, double interval_s) {
  if (stream.rows.empty()) {
    state.SkipWithError("the recording is not here: ../shared/realdata");
    return;
  }
  FeatureParameters parameters;
  parameters.emit_interval_s = interval_s;
  auto engine = FeatureEngine::create({"bench", "venue", "BTC-USD"}, parameters);
  const Nanoseconds span = stream.rows.back().time - stream.rows.front().time;
  const Nanoseconds step = span + Nanoseconds(kNanosPerSecond);
  int64_t sequence = 0;
  Nanoseconds shift{0};
  for (auto _ : state) {
    double image_seconds = 0;
    const double from = thread_seconds();
    if (!feed(*engine, stream, shift, sequence, image_seconds)) {
      state.SkipWithError("a row was refused");
    }
    state.SetIterationTime(thread_seconds() - from - image_seconds);
    shift += step;
  }
  state.SetItemsProcessed(state.iterations() * stream.book_events);
}

Stream usdm(size_t levels) {
  return stream_of(read_usdm(), levels);
}
Stream coinbase(std::string_view product, size_t levels) {
  return stream_of(read_coinbase(product), levels);
}
Stream nexo(size_t levels) {
  return stream_of(read_binance({"binance/nexousdt_34h/nexousdt_20240723.dat.gz",
                                 "binance/nexousdt_34h/nexousdt_20240724.dat.gz"}),
                   levels);
}

void row_per_event_20_levels_usdm(benchmark::State& state) {
  run_engine(state, usdm(20), 0);
}
void row_per_event_full_usdm(benchmark::State& state) {
  run_engine(state, usdm(0), 0);
}
void row_per_event_full_coinbase_btc(benchmark::State& state) {
  run_engine(state, coinbase("BTC-USD", 0), 0);
}
void row_per_event_full_coinbase_eth(benchmark::State& state) {
  run_engine(state, coinbase("ETH-USD", 0), 0);
}
void row_per_event_full_nexo(benchmark::State& state) {
  run_engine(state, nexo(0), 0);
}
void row_per_second_20_levels_usdm(benchmark::State& state) {
  run_engine(state, usdm(20), 1);
}
void row_per_second_full_usdm(benchmark::State& state) {
  run_engine(state, usdm(0), 1);
}
void row_per_second_full_coinbase_btc(benchmark::State& state) {
  run_engine(state, coinbase("BTC-USD", 0), 1);
}
void row_per_second_full_nexo(benchmark::State& state) {
  run_engine(state, nexo(0), 1);
}

#define FEATURE_BENCHMARK(name) \
  BENCHMARK(name)->UseManualTime()->MinTime(5)->Unit(benchmark::kMillisecond)
FEATURE_BENCHMARK(row_per_event_20_levels_usdm);
FEATURE_BENCHMARK(row_per_event_full_usdm);
FEATURE_BENCHMARK(row_per_event_full_coinbase_btc);
FEATURE_BENCHMARK(row_per_event_full_coinbase_eth);
FEATURE_BENCHMARK(row_per_event_full_nexo);
FEATURE_BENCHMARK(row_per_second_20_levels_usdm);
FEATURE_BENCHMARK(row_per_second_full_usdm);
FEATURE_BENCHMARK(row_per_second_full_coinbase_btc);
FEATURE_BENCHMARK(row_per_second_full_nexo);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
