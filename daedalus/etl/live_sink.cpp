#include "daedalus/etl/live_sink.hpp"

#include <fmt/format.h>

#include <cmath>

#include "daedalus/base/json_text.hpp"
#include "daedalus/etl/manifest.hpp"
#include "daedalus/storage/publisher.hpp"

namespace daedalus {
namespace {

constexpr size_t kRowsInGroup = 4096;

void append_value(std::string& out, const Column& column, size_t row) {
  const auto number = [&](double value) {
    std::isnan(value) ? out += "null" : out += fmt::format("{}", value);
  };
  if (column.type == ColumnType::float64) return number(column.doubles[row]);
  if (column.is_null(row)) {
    out += "null";
    return;
  }
  switch (column.type) {
    case ColumnType::utf8:
      out += json_quoted(column.text_at(row));
      return;
    case ColumnType::boolean:
      out += column.integers[row] != 0 ? "true" : "false";
      return;
    case ColumnType::levels: {
      const auto [first, last] = column.levels_at(row);
      out += '[';
      for (size_t i = first; i < last; ++i) {
        if (i > first) out += ',';
        out += fmt::format("[{},{}]", column.prices[i], column.sizes[i]);
      }
      out += ']';
      return;
    }
    default:
      out += fmt::format("{}", column.integers[row]);
  }
}

void append_tables(EngineTables& to, const EngineTables& from) {
  to.orderbook.append_rows(from.orderbook, 0, from.orderbook.rows());
  to.trades.append_rows(from.trades, 0, from.trades.rows());
  to.ticker.append_rows(from.ticker, 0, from.ticker.rows());
  for (const BarTable& bars : from.bars) {
    const auto same = std::find_if(to.bars.begin(), to.bars.end(), [&](const BarTable& each) {
      return each.channel == bars.channel && each.duration_s == bars.duration_s;
    });
    if (same == to.bars.end()) {
      to.bars.push_back(bars);
    } else {
      same->table.append_rows(bars.table, 0, bars.table.rows());
    }
  }
}

}  // namespace

void append_json_row(std::string& out, std::string_view table_name, const Table& table,
                     size_t row) {
  out += fmt::format("{{\"table\":\"{}\"", table_name);
  for (size_t i = 0; i < table.columns.size(); ++i) {
    out += fmt::format(",\"{}\":", table.schema[i].name);
    append_value(out, table.columns[i], row);
  }
  out += "}\n";
}

LiveSink::LiveSink(LiveSinkOptions options, LiveChannel& channel)
    : options_(std::move(options)), channel_(channel), thread_([this] { run(); }) {}

LiveSink::~LiveSink() {
  channel_.close();
  thread_.join();
}

void LiveSink::run() {
  bool works = true;
  while (true) {
    const bool is_last = channel_.closed();
    std::vector<LiveRows> all = channel_.pop_all(std::chrono::seconds(1));
    for (LiveRows& rows : all) {
      if (!works) break;
      const auto taken = take(rows);
      if (taken) continue;
      works = false;
      options_.tell(fmt::format("live rows are not written any more: {}", taken.error().message));
    }
    if (const int64_t dropped = channel_.dropped_rows(); dropped > told_dropped_) {
      options_.tell(fmt::format("{} live rows were dropped: they come faster than they are written",
                                dropped - told_dropped_));
      told_dropped_ = dropped;
    }
    if (is_last && all.empty()) return;
  }
}

Result<void> LiveSink::take(LiveRows& rows) {
  if (rows.is_segment_end) return end_segment(rows);
  return options_.format == LiveFormat::ndjson ? write_lines(rows) : write_parts(rows);
}

Result<void> LiveSink::write_lines(LiveRows& rows) {
  auto file = files_.find(rows.source);
  if (file == files_.end()) {
    const std::string folder = options_.folder + "/" + rows.source;
    DAEDALUS_OK(make_folders(folder));
    DAEDALUS_TRY(File opened, File::create_or_truncate(folder + "/" + rows.segment + ".ndjson"));
    file = files_.emplace(rows.source, std::move(opened)).first;
  }
  std::string lines;
  const auto add = [&](const std::string& name, const Table& table) {
    for (size_t row = 0; row < table.rows(); ++row) append_json_row(lines, name, table, row);
  };
  add("silver/orderbook", rows.tables.orderbook);
  add("silver/trades", rows.tables.trades);
  add("silver/ticker", rows.tables.ticker);
  for (const BarTable& bars : rows.tables.bars) {
    add(fmt::format("gold/{}_bars/{}s", channel_name(bars.channel), bars.duration_s), bars.table);
  }
  return file->second.write(lines);
}

Result<void> LiveSink::write_parts(LiveRows& rows) {
  auto& parts = parts_[rows.source];
  auto open = parts.find(rows.symbol);
  if (open == parts.end()) {
    const PartTarget target{
        .root = {.path = options_.folder}, .source = rows.source, .segment = rows.segment};
    DAEDALUS_OK(make_folders(staging_folder(target.root, rows.source)));
    const int number = static_cast<int>(parts.size());
    open = parts
               .emplace(rows.symbol,
                        OpenParts{PartWriter(target, rows.symbol, number), std::move(rows.tables)})
               .first;
  } else {
    append_tables(open->second.waiting, rows.tables);
  }
  if (open->second.waiting.orderbook.rows() < kRowsInGroup) return {};
  return open->second.writer.write(open->second.waiting);
}

Result<void> LiveSink::end_segment(const LiveRows& end) {
  if (const auto file = files_.find(end.source); file != files_.end()) {
    DAEDALUS_OK(file->second.close());
    files_.erase(file);
  }
  Publisher publisher;
  std::vector<std::string> staged;
  std::vector<ManifestOutput> outputs;
  for (auto& [symbol, parts] : parts_[end.source]) {
    DAEDALUS_OK(parts.writer.write(parts.waiting));
    DAEDALUS_TRY(const auto finished, parts.writer.finish());
    outputs.insert(outputs.end(), finished.begin(), finished.end());
  }
  parts_.erase(end.source);
  for (const ManifestOutput& output : outputs)
    staged.push_back(options_.folder + "/" + output.staged);
  DAEDALUS_OK(sync_all(staged));
  for (const ManifestOutput& output : outputs) {
    DAEDALUS_OK(publisher.rename(options_.folder + "/" + output.staged,
                                 options_.folder + "/" + output.path));
  }
  return publisher.sync();
}

}  // namespace daedalus
