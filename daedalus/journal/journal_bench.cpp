#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include "daedalus/base/json_text.hpp"
#include "daedalus/journal/segment_reader.hpp"
#include "daedalus/journal/segment_writer.hpp"
#include "daedalus/journal/temporary_folder.hpp"

namespace daedalus {
namespace {

/// Depth frames of about 500 bytes in Binance's shape, with prices and sizes that move.
std::vector<Record> frames(size_t count) {
  std::mt19937_64 random(1);
  std::vector<Record> records(count);
  int64_t sequence = 4984028367545;
  for (size_t i = 0; i < count; ++i) {
    Record& record = records[i];
    record.frame_seq = static_cast<int64_t>(i);
    record.connection = 1;
    char text[64];
    std::string& payload = record.payload;
    payload =
        R"({"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1721347022504,"s":"BTCUSDT","U":)";
    payload += std::to_string(sequence + 1);
    sequence += static_cast<int64_t>(random() % 3000);
    payload += R"(,"u":)" + std::to_string(sequence) + R"(,"b":[)";
    while (payload.size() < 490) {
      std::snprintf(text, sizeof text, R"(["%.2f","%.3f"],)",
                    63000 + double(random() % 100000) / 100, double(random() % 90000) / 1000);
      payload += text;
    }
    payload.back() = ']';
    payload += R"(,"a":[]}})";
  }
  return records;
}

/// Unit of work: one frame of 500 bytes made a line, compressed and written; fsync each second.
/// Shows a slower JSON escape, compression or allocation on the landing path.
void append_frames(benchmark::State& state) {
  std::vector<Record> records = frames(20'000);
  const TemporaryFolder folder;
  auto writer = SegmentWriter::create(folder.path(), "segment_20260809T21_00001");
  if (!writer) return state.SkipWithError(writer.error().message.c_str());
  auto flushed = std::chrono::steady_clock::now();
  int64_t count = 0;
  size_t next = 0;
  for (auto _ : state) {
    Record& record = records[next];
    next = next + 1 == records.size() ? 0 : next + 1;
    record.capture_time.value = 1786309548629007800 + count * 2000;
    writer->append(record);
    ++count;
    if (count % 1024 != 0) continue;
    const auto now = std::chrono::steady_clock::now();
    if (now - flushed < std::chrono::seconds(1) && writer->pending_bytes() < 8 << 20) continue;
    if (!writer->flush()) return state.SkipWithError("flush");
    flushed = now;
  }
  if (!writer->close()) return state.SkipWithError("close");
  state.SetItemsProcessed(count);
}
BENCHMARK(append_frames)->MinTime(5)->UseRealTime();

/// Unit of work: one line of a 500-byte frame read from a journal file, unescaped.
void read_frames(benchmark::State& state) {
  const std::vector<Record> records = frames(50'000);
  const TemporaryFolder folder;
  auto writer = SegmentWriter::create(folder.path(), "segment_20260809T21_00001");
  if (!writer) return state.SkipWithError(writer.error().message.c_str());
  for (const Record& record : records) {
    writer->append(record);
    if (writer->pending_bytes() > 4 << 20 && !writer->flush()) return state.SkipWithError("flush");
  }
  if (!writer->close()) return state.SkipWithError("close");
  const int64_t line_bytes = writer->total_bytes();
  for (auto _ : state) {
    auto reader = SegmentReader::open(writer->path());
    while (true) {
      const auto record = reader->next();
      if (!record) return state.SkipWithError(record.error().message.c_str());
      if (*record == nullptr) break;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(records.size()));
  state.SetBytesProcessed(state.iterations() * line_bytes);
}
BENCHMARK(read_frames)->MinTime(2)->UseRealTime();

/// Unit of work: one 500-byte frame escaped to the inside of a JSON string.
void escape_frames(benchmark::State& state) {
  const std::vector<Record> records = frames(1'000);
  std::string out;
  for (auto _ : state) {
    out.clear();
    for (const Record& record : records) append_json_escaped(out, record.payload);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(records.size()));
}
BENCHMARK(escape_frames);

}  // namespace
}  // namespace daedalus

BENCHMARK_MAIN();
