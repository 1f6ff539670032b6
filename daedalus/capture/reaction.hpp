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
  explicit Reaction(FlowTable& streams) : streams_(streams) {}

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

  void on_book_row(const RowKey&, BookRowKind, const BookMessage&) override {}
  void on_trade_row(const RowKey&, const Trade&) override {}
  void on_ticker_row(const RowKey&, const Ticker&) override {}
  void on_gap_row(const RowKey& key, const GapRow& gap) override;
  void on_other_row(const RowKey&, const OtherMessage&) override {}
  void on_instrument_row(const RowKey&, const Instrument&) override {}

 private:
  FlowTable& streams_;  ///< Of the core that owns this.
  bool anything_ = false;
};

}  // namespace daedalus
