#include "daedalus/bronze/row_tables.hpp"

#include <fmt/format.h>

#include <charconv>

namespace daedalus {
namespace {

/// Columns before a table's own; the shared ones behind follow them (schema.cpp).
constexpr size_t kFirstColumns = 8;
/// What a row takes without its lists and texts.
constexpr size_t kRowBytes = 320;

void append(Column& column, const std::optional<int64_t>& value) {
  value ? column.append_integer(*value) : column.append_null();
}
void append(Column& column, const std::optional<Decimal>& value) {
  value ? column.append_double(to_double(*value)) : column.append_null();
}
void append_text_or_null(Column& column, std::string_view text) {
  text.empty() ? column.append_null() : column.append_text(text);
}

/// Decimals of the value that are not zeros at its end, if more than `known`.
int decimals_of(const Decimal& value, int known) {
  if (value.scale <= known || value.mantissa % kPowersOfTen[value.scale - known] == 0) return known;
  int64_t mantissa = value.mantissa;
  int scale = value.scale;
  for (; mantissa % 10 == 0; --scale) mantissa /= 10;
  return scale;
}

Decimal without_end_zeros(Decimal value) {
  while (value.scale > 0 && value.mantissa % 10 == 0) {
    value.mantissa /= 10;
    --value.scale;
  }
  return value;
}

/// The double nearest to the exact product.
double product(const Decimal& a, const Decimal& b) {
  const Decimal x = without_end_zeros(a);
  const Decimal y = without_end_zeros(b);
  int64_t mantissa = 0;
  const int scale = x.scale + y.scale;
  if (!__builtin_mul_overflow(x.mantissa, y.mantissa, &mantissa) && scale <= kMaxDecimalScale) {
    return to_double({mantissa, static_cast<int8_t>(scale)});
  }
  const __int128 wide = static_cast<__int128>(x.mantissa) * y.mantissa;
  const std::string text = fmt::format("{}e-{}", wide, scale);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The venue's channel as a folder name that is none of ours.
std::string folder_of(std::string_view channel) {
  std::string folder;
  for (const char c : channel) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    folder += is_plain ? c : (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : '_';
  }
  for (const std::string_view ours :
       {"", "orderbook", "trades", "ticker", "gaps", "instruments", "segments"}) {
    if (folder == ours) return "other_" + folder;
  }
  return folder;
}

/// `info_json` with the book's update id, which belongs to no column, as its first field.
std::string with_sequence(const Ticker& ticker) {
  if (!ticker.sequence) return ticker.info_json;
  std::string info = fmt::format("{{\"u\":{}", *ticker.sequence);
  if (ticker.info_json.size() <= 2) return info + '}';
  return info + ',' + ticker.info_json.substr(1);
}

std::string_view kind_name(BookRowKind kind) {
  constexpr std::string_view kNames[] = {"snapshot", "delta", "checkpoint"};
  return kNames[static_cast<size_t>(kind)];
}

std::string_view size_unit_name(SizeUnit unit) {
  constexpr std::string_view kNames[] = {"base", "quote", "contracts"};
  return kNames[static_cast<size_t>(unit)];
}

std::string_view side_source_name(TakerSideSource source) {
  constexpr std::string_view kNames[] = {"venue", "maker_inverted", "none"};
  return kNames[static_cast<size_t>(source)];
}

}  // namespace

Partition::Partition(BronzeTable table_kind, std::string table_folder, std::string table_symbol)
    : kind(table_kind),
      folder(std::move(table_folder)),
      symbol(std::move(table_symbol)),
      table(bronze_schema(table_kind)) {}

RowTables::RowTables(const RowTablesOptions& options, const Exchange& exchange,
                     const Interpreter& interpreter)
    : options_(options), exchange_(&exchange), interpreter_(&interpreter) {
  const CivilTime civil = to_civil(options.hour);
  year_ = civil.year;
  month_ = civil.month;
  day_ = civil.day;
  hour_ = civil.hour;
}

Partition& RowTables::begin_row(BronzeTable kind, std::string_view folder, const RowKey& key,
                                const std::optional<int64_t>& exchange_us) {
  Partition*& last = last_[static_cast<size_t>(kind)];
  const std::string_view symbol = key.symbol.empty() ? kNoSymbol : std::string_view(key.symbol);
  if (!last || last->symbol != symbol || last->folder != folder) {
    std::pair<std::string, std::string> name(folder, symbol);
    last = &partitions_.try_emplace(name, kind, name.first, name.second).first->second;
  }
  std::vector<Column>& columns = last->table.columns;
  const int64_t capture_ns = key.capture_time.value;
  columns[0].append_integer(floor_divide(capture_ns, 1'000'000));
  columns[1].append_integer(floor_divide(capture_ns, 1'000));
  columns[2].append_text(options_.exchange);
  columns[3].append_text(symbol);
  columns[4].append_integer(year_);
  columns[5].append_integer(month_);
  columns[6].append_integer(day_);
  columns[7].append_integer(hour_);
  const size_t behind = kFirstColumns + own_columns(kind);
  columns[behind].append_integer(capture_ns);
  columns[behind + 1].append_integer(key.recv_seq);
  append(columns[behind + 2], exchange_us);
  columns[behind + 3].append_text(key.symbol_native);
  columns[behind + 4].append_text(options_.source);
  last->rows += 1;
  return *last;
}

void RowTables::end_row(Partition& partition, size_t variable_bytes) {
  partition.bytes += kRowBytes + variable_bytes;
  bytes_ += kRowBytes + variable_bytes;
}

void RowTables::append_levels(Partition& partition, Column& column,
                              const std::vector<PriceLevel>& levels) {
  for (const PriceLevel& level : levels) {
    partition.price_decimals = decimals_of(level.price, partition.price_decimals);
    partition.size_decimals = decimals_of(level.size, partition.size_decimals);
    column.append_level(to_double(level.price), to_double(level.size));
  }
  column.end_levels();
}

void RowTables::on_book_row(const RowKey& key, BookRowKind kind, const BookMessage& message) {
  const BookMessage* levels = &message;
  if (options_.book_images) {
    if (kind == BookRowKind::checkpoint) return;
    kind = BookRowKind::snapshot;
    interpreter_->copy_book_top(key.symbol_native, options_.max_orderbook_depth, image_);
    levels = &image_;
  }
  Partition& partition =
      begin_row(BronzeTable::orderbook, "orderbook", key, message.time.exchange_us);
  std::vector<Column>& columns = partition.table.columns;
  append(columns[8], message.time.timestamp_ms);
  append(columns[9], message.last_sequence);
  append_levels(partition, columns[10], levels->bids);
  append_levels(partition, columns[11], levels->asks);
  columns[17].append_text(kind_name(kind));
  append(columns[18], message.first_sequence);
  append(columns[19], message.last_sequence);
  end_row(partition, 16 * (levels->bids.size() + levels->asks.size()));
}

const Instrument* RowTables::size_facts(const RowKey& key) {
  const auto known = facts_.find(key.symbol_native);
  if (known != facts_.end()) return known->second ? &*known->second : nullptr;
  std::optional<Instrument> facts = interpreter_->instrument(key.symbol_native);
  if (!facts) facts = exchange_->instrument_of(key.symbol_native);
  const auto added = facts_.emplace(key.symbol_native, std::move(facts)).first;
  return added->second ? &*added->second : nullptr;
}

std::optional<double> RowTables::cost_of(const Trade& trade, const Instrument* facts) const {
  if (!facts) return std::nullopt;
  switch (facts->size_unit) {
    case SizeUnit::base:
      return product(trade.price, trade.amount);
    case SizeUnit::quote:
      return to_double(trade.amount);
    case SizeUnit::contracts:
      return std::nullopt;
  }
  return std::nullopt;
}

void RowTables::on_trade_row(const RowKey& key, const Trade& trade) {
  Partition& partition = begin_row(BronzeTable::trades, "trades", key, trade.time.exchange_us);
  std::vector<Column>& columns = partition.table.columns;
  append_text_or_null(columns[8], trade.trade_id);
  append(columns[9], trade.time.timestamp_ms);
  trade.taker_side ? columns[10].append_text(side_name(*trade.taker_side))
                   : columns[10].append_null();
  partition.price_decimals = decimals_of(trade.price, partition.price_decimals);
  partition.size_decimals = decimals_of(trade.amount, partition.size_decimals);
  columns[11].append_double(to_double(trade.price));
  columns[12].append_double(to_double(trade.amount));
  const auto cost = cost_of(trade, size_facts(key));
  cost ? columns[13].append_double(*cost) : columns[13].append_null();
  append_text_or_null(columns[14], trade.info_json);
  columns[20].append_text(trade.is_history ? "snapshot" : "live");
  columns[21].append_integer(trade.is_aggregate ? 1 : 0);
  columns[22].append_text(side_source_name(trade.taker_side_source));
  end_row(partition, trade.info_json.size());
}

void RowTables::on_ticker_row(const RowKey& key, const Ticker& ticker) {
  Partition& partition = begin_row(BronzeTable::ticker, "ticker", key, ticker.time.exchange_us);
  std::vector<Column>& columns = partition.table.columns;
  size_t at = kFirstColumns;
  for (const auto* value :
       {&ticker.bid, &ticker.ask, &ticker.bid_volume, &ticker.ask_volume, &ticker.last,
        &ticker.open, &ticker.high, &ticker.low, &ticker.close, &ticker.vwap, &ticker.base_volume,
        &ticker.quote_volume, &ticker.change, &ticker.percentage}) {
    append(columns[at++], *value);
  }
  for (const auto* price : {&ticker.bid, &ticker.ask, &ticker.last}) {
    if (*price) partition.price_decimals = decimals_of(**price, partition.price_decimals);
  }
  for (const auto* size : {&ticker.bid_volume, &ticker.ask_volume}) {
    if (*size) partition.size_decimals = decimals_of(**size, partition.size_decimals);
  }
  append(columns[22], ticker.time.timestamp_ms);
  const std::string info = with_sequence(ticker);
  append_text_or_null(columns[23], info);
  columns[29].append_text(ticker.kind == TickerKind::bbo ? "bbo" : "stats_24h");
  end_row(partition, info.size());
}

void RowTables::on_gap_row(const RowKey& key, const GapRow& gap) {
  Partition& partition = begin_row(BronzeTable::gaps, "gaps", key, std::nullopt);
  std::vector<Column>& columns = partition.table.columns;
  columns[13].append_integer(gap.gap_id);
  columns[14].append_text(gap.edge == GapEdge::open ? "open" : "close");
  columns[15].append_text(channel_name(gap.channel));
  columns[16].append_text(gap_kind_name(gap.kind));
  append(columns[17], gap.expected);
  append(columns[18], gap.received);
  append(columns[19], gap.frames_affected);
  append_text_or_null(columns[20], gap.recovered_by);
  append_text_or_null(columns[21], gap.detail);
  end_row(partition, gap.detail.size());
}

void RowTables::on_other_row(const RowKey& key, const OtherMessage& message) {
  Partition& partition =
      begin_row(BronzeTable::other, folder_of(message.channel), key, message.time.exchange_us);
  std::vector<Column>& columns = partition.table.columns;
  append_text_or_null(columns[8], message.type);
  append_text_or_null(columns[9], message.method);
  append_text_or_null(columns[10], message.data_json);
  end_row(partition, message.data_json.size());
}

void RowTables::on_instrument_row(const RowKey& key, const Instrument& instrument) {
  facts_[key.symbol_native] = instrument;
  Partition& partition = begin_row(BronzeTable::instruments, "instruments", key, std::nullopt);
  std::vector<Column>& columns = partition.table.columns;
  append_text_or_null(columns[8], instrument.base);
  append_text_or_null(columns[9], instrument.quote);
  columns[10].append_text(size_unit_name(instrument.size_unit));
  append(columns[11], instrument.contract_size);
  append(columns[12], instrument.price_tick);
  append(columns[13], instrument.size_tick);
  end_row(partition, 0);
}

Partition* RowTables::largest() {
  Partition* found = nullptr;
  for (auto& [name, partition] : partitions_) {
    if (partition.bytes > (found ? found->bytes : 0)) found = &partition;
  }
  return found;
}

void RowTables::forget_bytes(Partition& partition) {
  bytes_ -= partition.bytes;
  partition.bytes = 0;
}

}  // namespace daedalus
