#pragma once

#include <map>
#include <string>
#include <vector>

#include "daedalus/book/order_book.hpp"
#include "daedalus/bronze/interpreter.hpp"
#include "daedalus/bronze/seal.hpp"
#include "daedalus/capture/scripted_binance.hpp"
#include "daedalus/journal/segment_reader.hpp"

namespace daedalus {

/// For tests: keeps books from bronze rows alone and compares each state with the venue's own.
class RebuiltBooks : public RowSink {
 public:
  explicit RebuiltBooks(const ScriptedBinance& venue) : venue_(venue) {}

  int64_t snapshots = 0;
  int64_t deltas = 0;
  int64_t wrong = 0;    ///< Rows after which the book is not the venue's.
  int64_t missing = 0;  ///< Deltas that do not follow the row before, without a gap between.
  int64_t out_of_order = 0;
  std::vector<std::pair<std::string, GapRow>> gaps;
  std::map<std::string, int64_t> last_update;  ///< Of each live book.

  void on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) override {
    check_order(key);
    OrderBook& book = books_[key.symbol_native];
    if (kind == BookRowKind::snapshot) {
      book.clear();
      ++snapshots;
    } else {
      ++deltas;
      const auto last = last_update.find(key.symbol_native);
      if (last == last_update.end() || message.first_sequence > last->second + 1) ++missing;
    }
    if (!book.apply(message)) ++wrong;
    last_update[key.symbol_native] = *message.last_sequence;
    if (book.hash() != venue_.true_hash(key.symbol_native, *message.last_sequence)) ++wrong;
  }
  void on_trade_row(const RowKey&, const Trade&) override {}
  void on_ticker_row(const RowKey&, const Ticker&) override {}
  void on_gap_row(const RowKey& key, const GapRow& gap) override {
    check_order(key);
    gaps.emplace_back(key.symbol, gap);
    if (gap.edge == GapEdge::open) last_update.erase(key.symbol_native);
  }
  void on_other_row(const RowKey&, const OtherMessage&) override {}
  void on_instrument_row(const RowKey&, const Instrument&) override {}

 private:
  void check_order(const RowKey& key) {
    const std::pair here(key.capture_time, key.recv_seq);
    if (here <= last_key_) ++out_of_order;
    last_key_ = here;
  }

  const ScriptedBinance& venue_;
  std::map<std::string, OrderBook> books_;
  std::pair<UnixNanos, int64_t> last_key_;
};

/// All records of a source's kept journals, in order.
inline std::vector<Record> kept_records(const DataRoot& root, const std::string& source) {
  const std::string folder = root.journal(source);
  const std::vector<std::string> segments = journals_in(folder).value();
  std::vector<Record> all;
  for (const std::string& segment : segments) {
    SegmentReader reader = SegmentReader::open(folder + "/" + segment + ".ndjson.zst").value();
    while (const Record* record = reader.next().value()) all.push_back(*record);
  }
  return all;
}

/// What a reader makes of the records.
inline RebuiltBooks rebuild_books(const std::vector<Record>& records,
                                  const ScriptedBinance& venue) {
  RebuiltBooks books(venue);
  StreamObserver nobody;
  Interpreter interpreter(*find_exchange("binance").value(), {});
  for (const Record& record : records) interpreter.apply(record, books, nobody);
  return books;
}

}  // namespace daedalus
