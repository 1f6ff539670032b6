#include "daedalus/features/orderbook_rows.hpp"

#include <cmath>

#include "daedalus/features/shape_family.hpp"

namespace daedalus {
namespace {

std::vector<FeatureColumn> raw_array_columns() {
  return {{.name = "bids",
           .unit = "quote, base",
           .formula = "the first depth_levels levels",
           .type = ColumnType::levels,
           .null_when = "the book is unsynced"},
          {.name = "asks",
           .unit = "quote, base",
           .formula = "the first depth_levels levels",
           .type = ColumnType::levels,
           .null_when = "the book is unsynced"}};
}

std::vector<FeatureColumn> quality_columns() {
  return {{.name = "timestamp",
           .unit = "ms",
           .formula = "exchange time of the last event",
           .type = ColumnType::int64,
           .null_when = "the venue sends none"},
          {.name = "nonce",
           .unit = "1",
           .formula = "its sequence",
           .type = ColumnType::int64,
           .null_when = "the venue sends none"},
          {"capture_time_ns", "ns", "capture time of the last event", "", ColumnType::int64},
          {"staleness_ms", "ms", "label minus capture_time_ns"},
          {.name = "stream_age_s",
           .unit = "s",
           .formula = "how long the stream has been continuous",
           .null_when = "the book is unsynced"},
          {"book_state", "name", "ok, locked, crossed, one_sided, unsynced", "", ColumnType::utf8},
          {"book_events", "1", "book events in the row's interval", "", ColumnType::int64},
          {"trade_events", "1", "trades in the row's interval", "", ColumnType::int64},
          {.name = "bid_levels",
           .unit = "1",
           .formula = "levels in the whole book",
           .type = ColumnType::int64,
           .null_when = "the book is unsynced"},
          {.name = "ask_levels",
           .unit = "1",
           .formula = "levels in the whole book",
           .type = ColumnType::int64,
           .null_when = "the book is unsynced"},
          {"is_gap", "1", "a discontinuity lies before this row", "", ColumnType::boolean},
          {"hour_of_day", "h", "0-23, UTC", "", ColumnType::int32},
          {"minute_of_hour", "min", "0-59, UTC", "", ColumnType::int32},
          {"day_of_week", "1", "0 = Monday, UTC", "", ColumnType::int32},
          {"is_weekend", "1", "Saturday or Sunday, UTC", "", ColumnType::boolean}};
}

}  // namespace

OrderbookRows::OrderbookRows(const EngineKey& key, const FeatureParameters& parameters)
    : key_(key),
      parameters_(parameters),
      interval_ns_(std::llround(parameters.emit_interval_s * 1e9)),
      families_(parameters),
      window_returns_(parameters.has(Category::rolling) ? std::span(parameters.rolling_windows_s)
                                                        : std::span<const int>()),
      block_(silver_orderbook_schema(parameters).size()) {}

std::vector<FamilyColumns> OrderbookRows::catalog(const FeatureParameters& parameters) {
  std::vector<FamilyColumns> all = {
      {{"keys", Category::quality, Clock::row, "O(1) per row"}, key_columns()},
      {{"quality", Category::quality, Clock::row, "O(1) per row"}, quality_columns()}};
  if (parameters.keep_raw_arrays) {
    all.push_back(
        {{"raw_arrays", Category::quality, Clock::row, "O(L) per row"}, raw_array_columns()});
  }
  for (FamilyColumns& family : OrderbookFamilies::catalog(parameters)) {
    all.push_back(std::move(family));
  }
  return all;
}

void OrderbookRows::on_book_row(const BookInput& row) {
  ++book_events_;
  last_capture_ = row.capture_time;
  last_timestamp_ms_ = row.timestamp_ms;
  last_nonce_ = row.nonce;
  pending_ = is_per_event() ? row.capture_time
                            : UnixNanos{(interval_of(row.capture_time) + 1) * interval_ns_};
}

void OrderbookRows::on_book_event(const BookEvent& event) {
  window_returns_.on_book_event(event);
  families_.on_book_event(event);
}

void OrderbookRows::count_trade(UnixNanos time) {
  if (interval_of(time) != trade_interval_) {
    trade_interval_ = interval_of(time);
    trade_events_ = 0;
  }
  ++trade_events_;
}

void OrderbookRows::on_book_break() {
  has_discontinuity_ = true;
  window_returns_.on_book_break();
  families_.on_book_break();
}

void OrderbookRows::write_quality(const RowState& state, TimeKeys& keys, RowWriter& row) {
  const UnixNanos label = *pending_;
  const bool is_synced = state.book.state != BookState::unsynced;
  const bool has_trades =
      is_per_event() || trade_interval_ == floor_divide(label.value, interval_ns_) - 1;
  row.integer(last_timestamp_ms_);
  row.integer(last_nonce_);
  row.integer(last_capture_.value);
  row.number(static_cast<double>((label - last_capture_).count()) / 1e6);
  row.number(is_synced ? static_cast<double>((label - state.stream_start).count()) / 1e9 : kNull);
  row.text(book_state_name(state.book.state));
  row.integer(book_events_);
  row.integer(has_trades ? trade_events_ : 0);
  is_synced ? row.integer(static_cast<int64_t>(state.bid_levels)) : row.null();
  is_synced ? row.integer(static_cast<int64_t>(state.ask_levels)) : row.null();
  row.boolean(has_discontinuity_);
  const CivilTime& time = keys.civil(label);
  row.integer(time.hour);
  row.integer(floor_divide(label.value, 60 * kNanosPerSecond) % 60);
  row.integer(time.day_of_week);
  row.boolean(time.day_of_week >= 5);
}

void OrderbookRows::write_raw_arrays(const BookImage& book, RowWriter& row) const {
  for (const Side side : {Side::buy, Side::sell}) {
    if (book.state == BookState::unsynced) {
      row.null();
      continue;
    }
    Column& column = row.levels();
    const std::vector<BookLevel>& levels = book.side(side);
    for (size_t i = 0; i < levels.size() && i < book.depth_levels; ++i) {
      column.append_level(to_double(levels[i].price, book.price_scale),
                          to_double(levels[i].size, book.size_scale));
    }
    column.end_levels();
  }
}

void OrderbookRows::emit(const RowState& state, const FlowTotals& totals, TimeKeys& keys,
                         Table& table) {
  RowWriter row(table, block_, parameters_.has_legacy_aliases);
  keys.write_keys(*pending_, key_, row);
  write_quality(state, keys, row);
  if (parameters_.keep_raw_arrays) write_raw_arrays(state.book, row);
  const RowMoment moment{
      .label = *pending_,
      .is_per_event = is_per_event(),
      .is_first_after_gap = has_discontinuity_,
      .book = state.book,
      .flow = totals,
      .window_returns = window_returns_.at(*pending_, is_per_event(), state.book)};
  if (state.book.state == BookState::unsynced) {
    while (row.written() < table.columns.size()) row.null();
  } else {
    families_.write(moment, row);
  }
  families_.start_row(moment);
  pending_.reset();
  has_discontinuity_ = false;
  book_events_ = 0;
  trade_events_ = 0;
}

void OrderbookRows::save(StateWriter& out) const {
  families_.save(out);
  window_returns_.save(out);
  out.boolean(pending_.has_value());
  out.integer(pending_.value_or(UnixNanos{}).value);
  out.boolean(has_discontinuity_);
  out.integer(book_events_);
  out.integer(trade_interval_);
  out.integer(trade_events_);
  out.integer(last_capture_.value);
  out.optional_integer(last_timestamp_ms_);
  out.optional_integer(last_nonce_);
}

void OrderbookRows::load(StateReader& in) {
  families_.load(in);
  window_returns_.load(in);
  const bool is_pending = in.boolean();
  const UnixNanos label{in.integer()};
  pending_ = is_pending ? std::optional(label) : std::nullopt;
  has_discontinuity_ = in.boolean();
  book_events_ = in.integer();
  trade_interval_ = in.integer();
  trade_events_ = in.integer();
  last_capture_.value = in.integer();
  last_timestamp_ms_ = in.optional_integer();
  last_nonce_ = in.optional_integer();
}

}  // namespace daedalus
