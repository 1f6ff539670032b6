#include "daedalus/features/engine.hpp"

#include "daedalus/features/catalog.hpp"
#include "daedalus/features/effective_spread.hpp"
#include "daedalus/features/engine_inner.hpp"

namespace daedalus {
namespace {

constexpr Channel kBarChannels[] = {Channel::orderbook, Channel::trades, Channel::ticker};

EngineTables make_tables(const EngineParameters& parameters) {
  EngineTables tables{.orderbook = Table(silver_orderbook_schema(parameters.orderbook)),
                      .trades = Table(silver_trades_schema(parameters.trades)),
                      .ticker = Table(silver_ticker_schema(parameters.ticker)),
                      .bars = {}};
  for (const Channel channel : kBarChannels) {
    const FeatureParameters& own = parameters.of(channel);
    for (const int duration_s : own.bar_durations_s) {
      tables.bars.push_back({channel, duration_s, Table(bars_schema(channel, own))});
    }
  }
  for (const InformationBarSpec& spec : parameters.information_bars) {
    tables.information_bars.push_back({spec, Table(information_bars_schema())});
  }
  return tables;
}

}  // namespace

FeatureEngine::Inner::Inner(const EngineKey& engine_key, const EngineParameters& engine_parameters)
    : key(engine_key),
      parameters(engine_parameters),
      tables(make_tables(engine_parameters)),
      coverage(engine_parameters.orderbook.max_state_staleness_s),
      tracker(engine_parameters.orderbook),
      steps(engine_parameters.orderbook.ofi_levels, engine_parameters.orderbook.ofi_decay_alpha),
      rows(engine_key, engine_parameters.orderbook),
      trade_rows(engine_parameters.trades),
      ticker_rows(engine_parameters.ticker) {
  const auto& book_durations = parameters.orderbook.bar_durations_s;
  const auto& trade_durations = parameters.trades.bar_durations_s;
  first_bar_table = {0, book_durations.size(), book_durations.size() + trade_durations.size()};
  for (const int duration_s : book_durations) {
    book_bars.push_back({OrderbookBars(parameters.orderbook, duration_s), {}, 0});
  }
  for (const int duration_s : trade_durations) trade_bars.emplace_back(duration_s);
  for (const int duration_s : parameters.ticker.bar_durations_s) {
    ticker_bars.emplace_back(duration_s);
  }
  for (const InformationBarSpec& spec : parameters.information_bars) {
    information_bars.emplace_back(spec);
  }
}

Result<void> FeatureEngine::Inner::move_time_to(UnixNanos now, std::string_view table,
                                                int64_t recv_seq) {
  if (has_time && now < time) {
    return fail(ErrorKind::malformed,
                "{} row was captured before the one before it: {} after {}, recv_seq {}", table,
                now.value, time.value, recv_seq);
  }
  move_time(now);
  return {};
}

void FeatureEngine::Inner::move_time(UnixNanos now) {
  if (!has_time) {
    has_time = true;
    next_second = floor_to(now, kNanosPerSecond) + Nanoseconds(kNanosPerSecond);
    for (BookBars& book : book_bars) {
      book.window_start = bar_start(now, book.bars.duration_s());
    }
  }
  if (rows.pending() && *rows.pending() <= now) {
    pass_seconds(*rows.pending());
    emit_row();
  }
  pass_seconds(now);
  for (size_t i = 0; i < trade_bars.size(); ++i) {
    if (trade_bars[i].is_due(now)) trade_bars[i].close(key, keys, bar_table(Channel::trades, i));
  }
  for (size_t i = 0; i < ticker_bars.size(); ++i) {
    if (ticker_bars[i].is_due(now)) ticker_bars[i].close(key, keys, bar_table(Channel::ticker, i));
  }
  time = now;
}

void FeatureEngine::Inner::pass_seconds(UnixNanos until) {
  while (next_second <= until) {
    if (!mid_at(next_second)) {
      // Without an event no second brings the mid back: only windows still end.
      rows.on_second(next_second, nullptr);
      const UnixNanos last = floor_to(until, kNanosPerSecond);
      end_book_windows(last);
      next_second = last + Nanoseconds(kNanosPerSecond);
      return;
    }
    if (!sample) sample = sample_of(tracker.image(true), parameters.orderbook);
    rows.on_second(next_second, &*sample);
    for (BookBars& each : book_bars) each.bars.on_second(next_second, *sample);
    end_book_windows(next_second);
    next_second = next_second + Nanoseconds(kNanosPerSecond);
  }
}

void FeatureEngine::Inner::end_book_windows(UnixNanos edge) {
  for (size_t i = 0; i < book_bars.size(); ++i) {
    BookBars& each = book_bars[i];
    if (each.bars.is_open() && each.bars.end() <= edge) {
      const int64_t covered = coverage.covered_until(each.bars.end()) - each.covered_at_start;
      each.bars.close(key, steps.totals(), covered, keys, bar_table(Channel::orderbook, i));
    }
    const UnixNanos start = bar_start(edge, each.bars.duration_s());
    if (start <= each.window_start) continue;
    each.window_start = start;
    each.covered_at_start = coverage.covered_until(start);
  }
}

void FeatureEngine::Inner::emit_row() {
  const UnixNanos label = *rows.pending();
  if (coverage.is_ended_by_silence_at(label)) {
    coverage.end_stretch(label);
    end_book_stretch();
  }
  const RowState state{.book = tracker.image(coverage.is_synced_at(label)),
                       .stream_start = coverage.start(),
                       .bid_levels = tracker.levels(Side::buy),
                       .ask_levels = tracker.levels(Side::sell)};
  rows.emit(state, steps.totals(), keys, tables.orderbook);
}

std::optional<Decimal> FeatureEngine::Inner::mid_at(UnixNanos moment) const {
  return coverage.is_synced_at(moment) ? tracker.twice_mid() : std::nullopt;
}

void FeatureEngine::Inner::end_book_stretch() {
  steps.on_book_break();
  tracker.on_book_break();
  rows.on_book_break();
}

/// `is_usable`: the book is known and its channel has no open gap; else the event only counts.
void FeatureEngine::Inner::feed_book_event(const BookInput& row, bool is_usable) {
  BookEvent event;
  event.time = row.capture_time;
  if (is_usable) {
    event = tracker.event(row.capture_time);
    if (coverage.on_event(row.capture_time)) end_book_stretch();
  }
  for (BookBars& each : book_bars) each.bars.before_event(row.capture_time, steps.totals());
  if (is_usable) {
    steps.on_book_event(event);
    if (event.has_mid) event.churn = tracker.take_churn();
    rows.on_book_event(event);
  }
  for (BookBars& each : book_bars) each.bars.on_book_event(event);
  rows.on_book_row(row);
  if (rows.is_per_event()) emit_row();
}

FeatureEngine::FeatureEngine(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
FeatureEngine::FeatureEngine(FeatureEngine&&) noexcept = default;
FeatureEngine& FeatureEngine::operator=(FeatureEngine&&) noexcept = default;
FeatureEngine::~FeatureEngine() = default;

Result<FeatureEngine> FeatureEngine::create(const EngineKey& key,
                                            const EngineParameters& parameters) {
  DAEDALUS_OK(check_parameters(parameters));
  return FeatureEngine(std::make_unique<Inner>(key, parameters));
}

Result<void> FeatureEngine::on_book(const BookInput& row) {
  Inner& self = *inner_;
  DAEDALUS_OK(self.move_time_to(row.capture_time, "orderbook", row.recv_seq));
  if (row.kind == BookInputKind::checkpoint) {
    if (self.coverage.is_synced_at(row.capture_time) && self.tracker.is_known()) return {};
    self.sample.reset();
    return self.tracker.apply(row);
  }
  const bool is_applied = row.kind == BookInputKind::snapshot || self.tracker.is_known();
  if (is_applied) {
    DAEDALUS_OK(self.tracker.apply(row));
    self.sample.reset();
  }
  self.feed_book_event(row, is_applied && !self.gaps.holds(Channel::orderbook));
  return {};
}

Result<void> FeatureEngine::on_trade(const TradeInput& row) {
  Inner& self = *inner_;
  DAEDALUS_OK(self.move_time_to(row.capture_time, "trades", row.recv_seq));
  if (!self.trade_rows.counts(row)) return {};
  DAEDALUS_TRY(TradeEvent trade, self.trade_rows.read(row));
  const bool is_in_gap = self.gaps.holds(Channel::trades);
  trade.is_book_synced = self.coverage.is_synced_at(row.capture_time);
  trade.twice_mid_before = self.mid_at(row.capture_time);
  if (const auto& twice_mid = trade.twice_mid_before) {
    trade.effective_spread_bps = effective_spread_bps(trade.price, *twice_mid);
  }
  self.trade_rows.on_trade(trade, is_in_gap);
  self.trade_rows.write(row, trade, self.key, self.keys, self.tables.trades);
  self.rows.count_trade(row.capture_time);
  if (is_in_gap) return {};
  self.rows.on_trade(trade);
  for (TradeBars& bars : self.trade_bars) bars.on_trade(trade);
  Result<void> first_refusal;
  for (size_t i = 0; i < self.information_bars.size(); ++i) {
    Table& table = self.tables.information_bars[i].table;
    auto fed = self.information_bars[i].on_trade(trade, self.key, self.keys, table);
    if (!fed && first_refusal) first_refusal = std::move(fed);
  }
  return first_refusal;
}

Result<void> FeatureEngine::on_ticker(const TickerInput& row) {
  Inner& self = *inner_;
  DAEDALUS_OK(self.move_time_to(row.capture_time, "ticker", row.recv_seq));
  if (!row.is_bbo) return {};
  const TickEvent tick = read_tick(row);
  const bool is_in_gap = self.gaps.holds(Channel::ticker);
  if (!is_in_gap) self.ticker_rows.on_tick(tick);
  self.ticker_rows.write(row, tick, self.key, self.keys, self.tables.ticker);
  if (is_in_gap) return {};
  for (TickerBars& bars : self.ticker_bars) bars.on_tick(tick);
  return {};
}

Result<void> FeatureEngine::on_derivative(const DerivativeInput& row) {
  Inner& self = *inner_;
  DAEDALUS_OK(self.move_time_to(row.capture_time, "derivatives", row.recv_seq));
  self.rows.on_derivative(row);
  return {};
}

Result<void> FeatureEngine::on_gap(const GapInput& row) {
  Inner& self = *inner_;
  DAEDALUS_OK(self.move_time_to(row.capture_time, "gaps", row.recv_seq));
  self.gaps.on_gap(row);
  if (!row.is_open) return {};
  if (OpenGaps::concerns(row, Channel::other)) self.rows.on_derivatives_break();
  if (OpenGaps::concerns(row, Channel::orderbook)) {
    self.coverage.end_stretch(row.capture_time);
    self.end_book_stretch();
  }
  if (OpenGaps::concerns(row, Channel::trades)) {
    self.trade_rows.on_break();
    self.rows.on_trades_break(row.capture_time);
  }
  if (OpenGaps::concerns(row, Channel::ticker)) self.ticker_rows.on_break();
  return {};
}

void FeatureEngine::advance_to(UnixNanos now) {
  if (!inner_->has_time || now > inner_->time) inner_->move_time(now);
}

EngineTables& FeatureEngine::tables() {
  inner_->rows.flush(inner_->tables.orderbook);
  inner_->trade_rows.flush(inner_->tables.trades);
  inner_->ticker_rows.flush(inner_->tables.ticker);
  return inner_->tables;
}

}  // namespace daedalus
