#include "daedalus/etl/live_features.hpp"

#include <algorithm>

#include "daedalus/base/check.hpp"
#include "daedalus/bronze/schema.hpp"
#include "daedalus/etl/engine_set.hpp"
#include "daedalus/etl/segment_chain.hpp"

namespace daedalus {
namespace {

/// Rows go to the channel together, but none waits longer than this (in capture time) for the next.
constexpr int64_t kTakeEveryNs = 100'000'000;
constexpr size_t kRowsTogether = 256;

bool is_empty(const EngineTables& tables) {
  if (tables.orderbook.rows() + tables.trades.rows() + tables.ticker.rows() > 0) return false;
  for (const BarTable& bars : tables.bars) {
    if (bars.table.rows() > 0) return false;
  }
  return true;
}

/// The rows, leaving empty tables of the same schemas behind.
EngineTables take_tables(EngineTables& tables) {
  EngineTables taken{.orderbook = Table(tables.orderbook.schema),
                     .trades = Table(tables.trades.schema),
                     .ticker = Table(tables.ticker.schema),
                     .bars = {}};
  std::swap(taken.orderbook, tables.orderbook);
  std::swap(taken.trades, tables.trades);
  std::swap(taken.ticker, tables.ticker);
  for (BarTable& bars : tables.bars) {
    if (bars.table.rows() == 0) continue;
    BarTable moved{bars.channel, bars.duration_s, Table(bars.table.schema)};
    std::swap(moved.table, bars.table);
    taken.bars.push_back(std::move(moved));
  }
  return taken;
}

}  // namespace

Result<std::unique_ptr<LiveFeatures>> LiveFeatures::open(LiveFeaturesOptions options,
                                                         LiveChannel& channel) {
  std::unique_ptr<LiveFeatures> live(new LiveFeatures(std::move(options), channel));
  DAEDALUS_OK(live->warm_up());
  return live;
}

Result<void> LiveFeatures::warm_up() {
  const DataRoot& root = options_.seal.root;
  const std::string& source = options_.seal.source;
  EngineSet engines(source, options_.parameters, options_.tell);
  const StateStore states(root, source);
  DAEDALUS_TRY(const auto kept, states.list());
  if (!kept.empty()) {
    auto state = states.load(kept.back());
    auto restored = state ? engines.restore(*std::move(state)) : Failure(state.error());
    if (!restored) {
      options_.tell(fmt::format("live features of {} do not take up the ETL's state: {}", source,
                                restored.error().message));
    }
  }
  SegmentChain chain(root, source);
  DAEDALUS_OK(chain.refresh());
  for (const auto& [segment, place] : chain.segments()) {
    if (segment <= engines.segment()) continue;
    DAEDALUS_TRY(const SegmentRecord* record, chain.record(segment));
    if (record->raw_format == "ndjson") {
      options_.tell(fmt::format(
          "live features of {} begin anew: raw_format ndjson leaves no bronze to warm up from",
          source));
      engines.clear();
      break;
    }
    const SegmentInput input = segment_input(
        *record, [&](const SegmentFile& file) { return chain.file_path(segment, file); });
    DAEDALUS_OK(engines.process(input, {}, std::nullopt));
  }
  const std::string exchange(options_.seal.exchange->name);
  for (auto& [symbol, saved] : engines.save().symbols) {
    if (saved.engine.empty() || !saved.held_at.empty()) continue;
    const EngineKey key{.source = source, .exchange = symbol.first, .symbol = symbol.second};
    DAEDALUS_TRY(slots_[symbol.second].engine,
                 FeatureEngine::restore(key, options_.parameters, saved.engine));
  }
  if (!engines.segment().empty()) {
    options_.tell(fmt::format("live features of {} go on behind {}", source, engines.segment()));
  }
  return {};
}

void LiveFeatures::begin_segment(const SegmentHeader& header, const Interpreter& interpreter) {
  segment_ = header.segment;
  for (auto& [symbol, slot] : slots_) slot.feeders.clear();
  feeders_of_all_.clear();
  gaps_of_all_.reset();
  tables_.emplace(RowTablesOptions{.exchange = std::string(options_.seal.exchange->name),
                                   .source = options_.seal.source,
                                   .hour = floor_to({header.opened_ns}, kNanosPerHour),
                                   .book_images = options_.seal.book_images,
                                   .max_orderbook_depth = options_.seal.max_orderbook_depth},
                  *options_.seal.exchange, interpreter);
}

LiveFeatures::Feeder& LiveFeatures::feeder_of(std::map<std::string, Feeder>& feeders,
                                              const std::string& channel,
                                              const std::string& symbol) {
  Feeder& feeder = feeders[channel];
  if (feeder.partition != nullptr) return feeder;
  const auto partition = tables_->partitions().find({channel, symbol});
  if (partition == tables_->partitions().end()) return feeder;  // The row was none (an image's).
  feeder.partition = &partition->second;
  feeder.rows = BronzeRows::of_channel(channel, options_.seal.exchange);
  DAEDALUS_CHECK(feeder.rows && feeder.rows->bind(feeder.partition->table));
  return feeder;
}

LiveFeatures::Slot& LiveFeatures::slot_of(const std::string& symbol) {
  Slot& slot = slots_[symbol];
  if (slot.engine) return slot;
  auto engine = FeatureEngine::create({.source = options_.seal.source,
                                       .exchange = std::string(options_.seal.exchange->name),
                                       .symbol = symbol},
                                      options_.parameters);
  DAEDALUS_CHECK(engine.has_value());  // The parameters were checked with the config.
  slot.engine = *std::move(engine);
  if (!gaps_of_all_) return slot;
  const auto gaps = BronzeRows::of_channel("gaps", nullptr);
  DAEDALUS_CHECK(gaps->bind(*gaps_of_all_));
  for (size_t row = 0; row < gaps_of_all_->rows(); ++row) {
    if (!gaps->feed(row, *slot.engine)) ++rows_refused_;
  }
  return slot;
}

void LiveFeatures::on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) {
  tables_->on_book_row(key, kind, message);
  feed("orderbook", key);
}
void LiveFeatures::on_trade_row(const RowKey& key, const Trade& trade) {
  tables_->on_trade_row(key, trade);
  feed("trades", key);
}
void LiveFeatures::on_ticker_row(const RowKey& key, const Ticker& ticker) {
  tables_->on_ticker_row(key, ticker);
  feed("ticker", key);
}
void LiveFeatures::on_gap_row(const RowKey& key, const GapRow& gap) {
  tables_->on_gap_row(key, gap);
  feed("gaps", key);
}
void LiveFeatures::on_other_row(const RowKey& key, const OtherMessage& message) {
  const auto& told = options_.seal.exchange->derivative_channels;
  if (key.symbol.empty() || std::ranges::count(told, message.channel) == 0) return;
  tables_->on_other_row(key, message);
  feed(message.channel, key);
}
void LiveFeatures::on_instrument_row(const RowKey& key, const Instrument& instrument) {
  tables_->on_instrument_row(key, instrument);
}

void LiveFeatures::feed(const std::string& channel, const RowKey& key) {
  if (key.symbol.empty()) return feed_all(key);
  Slot& slot = slot_of(key.symbol);
  Feeder& feeder = feeder_of(slot.feeders, channel, key.symbol);
  if (feeder.partition == nullptr || feeder.partition->table.rows() == 0) return;
  if (!feeder.rows->feed(0, *slot.engine)) ++rows_refused_;
  feeder.partition->table.clear();
  tables_->forget_bytes(*feeder.partition);
  take_rows(key.symbol, slot, key.capture_time, false);
}

/// A gap of all symbols.
void LiveFeatures::feed_all(const RowKey& key) {
  Feeder& feeder = feeder_of(feeders_of_all_, "gaps", std::string(kNoSymbol));
  if (feeder.partition == nullptr || feeder.partition->table.rows() == 0) return;
  Table& table = feeder.partition->table;
  for (auto& [symbol, slot] : slots_) {
    if (!feeder.rows->feed(0, *slot.engine)) ++rows_refused_;
    take_rows(symbol, slot, key.capture_time, false);
  }
  if (!gaps_of_all_) gaps_of_all_ = std::make_unique<Table>(table.schema);
  gaps_of_all_->append_rows(table, 0, 1);
  table.clear();
  tables_->forget_bytes(*feeder.partition);
}

void LiveFeatures::take_rows(const std::string& symbol, Slot& slot, UnixNanos now, bool is_all) {
  EngineTables& tables = slot.engine->tables();
  const bool is_due = is_all || now.value - slot.taken_at.value >= kTakeEveryNs ||
                      tables.orderbook.rows() >= kRowsTogether;
  if (!is_due || is_empty(tables)) return;
  slot.taken_at = now;
  channel_->push({.source = options_.seal.source,
                  .segment = segment_,
                  .symbol = {std::string(options_.seal.exchange->name), symbol},
                  .tables = take_tables(tables)});
}

void LiveFeatures::end_segment(UnixNanos closed) {
  for (auto& [symbol, slot] : slots_) {
    slot.engine->advance_to(closed);
    take_rows(symbol, slot, closed, true);
  }
  channel_->push({.source = options_.seal.source,
                  .segment = segment_,
                  .symbol = {},
                  .tables = {Table(Schema{}), Table(Schema{}), Table(Schema{}), {}},
                  .is_segment_end = true});
}

}  // namespace daedalus
