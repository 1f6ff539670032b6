#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daedalus/bronze/interpreter.hpp"
#include "daedalus/capture/flow_table.hpp"

namespace daedalus {

/// Collects what the interpreter says while it reads one record, for the core to act on afterwards.
class Reaction : public StreamObserver, public RowSink {
 public:
  /// `tap`: hears all rows, too; may be null.
  Reaction(FlowTable& streams, RowSink* tap) : streams_(streams), tap_(tap) {}

  struct Resync {
    int64_t connection = 0;
    Subscription stream;
    GapKind kind = GapKind::sequence;
  };

  std::vector<Resync> resyncs;
  std::vector<std::pair<int64_t, GapKind>> broken;
  std::vector<Subscription> live_books;
  std::vector<Subscription> first_data;
  std::vector<std::pair<int64_t, ControlMessage>> controls;
  std::vector<std::string> unparsable;
  std::vector<std::pair<std::string, GapRow>> gaps;  ///< Symbol and edge.

  bool empty() const { return !anything_; }
  void clear();

  void on_resync_needed(int64_t connection, const Subscription& stream, GapKind kind) override;
  void on_connection_broken(int64_t connection, GapKind kind) override;
  void on_book_live(int64_t connection, const Subscription& stream) override;
  void on_data(int64_t connection, const Subscription& stream, UnixNanos time) override;
  void on_control(int64_t connection, const ControlMessage& message) override;
  void on_unparsable(int64_t connection, const Error& error) override;

  void on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) override {
    if (tap_ != nullptr) tap_->on_book_row(key, kind, message);
  }
  void on_trade_row(const RowKey& key, const Trade& trade) override {
    if (tap_ != nullptr) tap_->on_trade_row(key, trade);
  }
  void on_ticker_row(const RowKey& key, const Ticker& ticker) override {
    if (tap_ != nullptr) tap_->on_ticker_row(key, ticker);
  }
  void on_gap_row(const RowKey& key, const GapRow& gap) override;
  void on_other_row(const RowKey& key, const OtherMessage& message) override {
    if (tap_ != nullptr) tap_->on_other_row(key, message);
  }
  void on_instrument_row(const RowKey& key, const Instrument& instrument) override {
    if (tap_ != nullptr) tap_->on_instrument_row(key, instrument);
  }

 private:
  FlowTable& streams_;  ///< Of the core that owns this.
  RowSink* tap_;
  bool anything_ = false;
};

}  // namespace daedalus
