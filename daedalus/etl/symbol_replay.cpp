#include "daedalus/etl/symbol_replay.hpp"

namespace daedalus {
namespace {

/// Rows fed between two looks at how much the engine holds, and how much of a table is then a row
/// group: together no more than 2^14 rows, which fit a vector that grew by doubling. 340 columns of
/// them take 45 MB.
constexpr int64_t kRowsBetweenLooks = 1024;
/// A trade may fill thousands of information bars.
constexpr int64_t kRowsBetweenLooksAtBars = 16;
constexpr size_t kRowsInGroup = 15 * 1024;

using Streams = std::vector<std::unique_ptr<BronzeStream>>;

Result<Streams> open_streams(const std::vector<BronzeFile>& files) {
  Streams streams;
  for (const BronzeFile& file : files) {
    DAEDALUS_TRY(auto stream, BronzeStream::open(file.path, file.channel, file.rows, file.venue));
    if (stream && !stream->at_end()) streams.push_back(std::move(stream));
  }
  return streams;
}

/// Feeds up to `count` rows. Errors: damage of the input.
Result<void> feed_rows(Streams& streams, FeatureEngine& engine, int64_t count,
                       ReplayOutcome& outcome) {
  for (; count > 0 && !streams.empty(); --count) {
    size_t first = 0;
    for (size_t i = 1; i < streams.size(); ++i) {
      if (streams[i]->position() < streams[first]->position()) first = i;
    }
    if (const auto fed = streams[first]->feed(engine); !fed && outcome.rows_refused++ == 0) {
      outcome.first_refusal = fed.error().message;
    }
    ++outcome.rows_in;
    DAEDALUS_OK(streams[first]->advance());
    if (streams[first]->at_end()) streams.erase(streams.begin() + static_cast<ptrdiff_t>(first));
  }
  return {};
}

void drop_rows(EngineTables& tables) {
  tables.orderbook.clear();
  tables.trades.clear();
  tables.ticker.clear();
  for (BarTable& bars : tables.bars) bars.table.clear();
  for (InformationBarTable& bars : tables.information_bars) bars.table.clear();
}

}  // namespace

Result<ReplayOutcome> replay_symbol(const std::vector<BronzeFile>& files, UnixNanos closed,
                                    FeatureEngine& engine, PartWriter* writer) {
  ReplayOutcome outcome;
  auto streams = open_streams(files);
  if (!streams) {
    outcome.damage = std::move(streams).error();
    return outcome;
  }
  const auto take = [&](size_t at_least) -> Result<void> {
    if (writer != nullptr) return writer->write(engine.tables(), at_least);
    drop_rows(engine.tables());
    return {};
  };
  const int64_t rows_between_looks =
      engine.tables().information_bars.empty() ? kRowsBetweenLooks : kRowsBetweenLooksAtBars;
  while (!streams->empty()) {
    if (auto fed = feed_rows(*streams, engine, rows_between_looks, outcome); !fed) {
      outcome.damage = std::move(fed).error();
      drop_rows(engine.tables());
      return outcome;
    }
    DAEDALUS_OK(take(kRowsInGroup));
  }
  engine.advance_to(closed);
  if (writer != nullptr && writer->wants_unfinished_bars()) engine.write_unfinished_bars();
  DAEDALUS_OK(take(1));
  if (writer != nullptr) {
    DAEDALUS_TRY(outcome.outputs, writer->finish());
  }
  return outcome;
}

}  // namespace daedalus
