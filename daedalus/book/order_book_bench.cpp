#include <benchmark/benchmark.h>

#include <time.h>

#include "daedalus/book/order_book.hpp"
#include "daedalus/book/recorded_books_for_test.hpp"

namespace daedalus {
namespace {

/// Of this thread on its core: other work on the machine does not count.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Fills each side to `levels` far behind the best, as a full-depth feed has.
void deepen(OrderBook& book, size_t levels) {
  int64_t price = 1;
  for (; book.levels(Side::buy) < levels; ++price) {
    if (book.size_at(Side::buy, price) == 0) book.set_level(Side::buy, {price, 1000 + price % 77});
  }
  price = 3 * book.best(Side::sell).value_or(BookLevel{1, 1}).price;
  for (; book.levels(Side::sell) < levels; ++price) {
    if (book.size_at(Side::sell, price) == 0) book.set_level(Side::sell, {price, 1000});
  }
}

/// Unit: one level update of a recorded delta on a book of 20,000 levels and more a side, best bid
/// and ask read after each frame. Each pass starts from a copy of the snapshot's book (not timed).
/// Would show: a slower search, moves of whole sides, dearer checks of a message.
void apply_deltas(benchmark::State& state, const std::vector<RecordedEvent>& events) {
  OrderBook start;
  std::vector<const BookMessage*> deltas;
  int64_t updates = 0;
  for (const RecordedEvent& event : events) {
    if (!event.book) continue;
    if (event.book->is_snapshot) {
      if (!start.apply(*event.book)) state.SkipWithError("bad snapshot");
      continue;
    }
    deltas.push_back(&*event.book);
    updates += static_cast<int64_t>(event.book->bids.size() + event.book->asks.size());
  }
  if (deltas.empty()) {
    state.SkipWithError("the recording is not here: ../shared/realdata");
    return;
  }
  deepen(start, 20'000);
  for (auto _ : state) {
    OrderBook book = start;
    const double from = thread_seconds();
    for (const BookMessage* delta : deltas) {
      if (!book.apply(*delta)) state.SkipWithError("bad delta");
      benchmark::DoNotOptimize(book.best(Side::buy));
      benchmark::DoNotOptimize(book.best(Side::sell));
    }
    state.SetIterationTime(thread_seconds() - from);
  }
  state.SetItemsProcessed(state.iterations() * updates);
  state.counters["levels"] = static_cast<double>(start.levels(Side::buy));
  state.counters["updates_per_frame"] = static_cast<double>(updates) / deltas.size();
}

void book_coinbase(benchmark::State& state) {
  apply_deltas(state, read_coinbase("BTC-USD"));
}
void book_usdm(benchmark::State& state) {
  apply_deltas(state, read_usdm());
}

BENCHMARK(book_coinbase)->UseManualTime()->MinTime(5)->Unit(benchmark::kMillisecond);
BENCHMARK(book_usdm)->UseManualTime()->MinTime(5)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
