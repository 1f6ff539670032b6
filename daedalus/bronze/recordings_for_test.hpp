#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "daedalus/bronze/import.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {

/// One of ../shared/realdata's recordings, in the files it consists of.
struct Recording {
  std::string exchange;
  std::string format;
  std::vector<std::string> files;

  std::vector<std::string> paths() const {
    std::vector<std::string> found;
    for (const std::string& file : files) {
      found.push_back(DAEDALUS_SOURCE_DIR "/../shared/realdata/" + file);
    }
    return found;
  }
};

inline const Recording kCoinbaseRecording{
    "coinbase", "cryptofeed", {"coinbase/cryptofeed_v3_COINBASE.jsonl.zst"}};
inline const Recording kCoinbaseExchangeRecording{
    "coinbase_exchange",
    "cryptofeed",
    {"coinbase/cryptofeed_master_COINBASE.ws.28.0_20210417.zst"}};
inline const Recording kBinanceRecording{
    "binance", "cryptofeed", {"binance/cryptofeed_hist_BINANCE-b38f7c.0.zst"}};
inline const Recording kBinanceUsRecording{
    "binanceus", "cryptofeed", {"binanceus/cryptofeed_hist_BINANCE_US-63b290.0.zst"}};
inline const Recording kUsdmCryptofeedRecording{
    "binance_usdm", "cryptofeed", {"binance/cryptofeed_hist_BINANCE_FUTURES-1125a2.0.zst"}};
inline const Recording kUsdmRecording{"binance_usdm",
                                      "hftbacktest",
                                      {"binance/hftbacktest/usdm_btcusdt_20240718.gz",
                                       "binance/hftbacktest/usdm_btcusdt_20240719.gz"}};
inline const Recording kNexoRecording{"binance",
                                      "hftbacktest",
                                      {"binance/nexousdt_34h/nexousdt_20240723.dat.gz",
                                       "binance/nexousdt_34h/nexousdt_20240724.dat.gz"}};

/// Ends the test, visibly, where the recordings are not; with CI set that is a failure.
#define DAEDALUS_NEED_RECORDING(recording)                                         \
  for (const std::string& recording_path : (recording).paths()) {                  \
    if (std::filesystem::exists(recording_path)) continue;                         \
    if (std::getenv("CI")) FAIL() << "recording is not there: " << recording_path; \
    GTEST_SKIP() << "recording is not there: " << recording_path;                  \
  }

class ScratchRoot {
 public:
  ScratchRoot() {
    char name[] = "/tmp/daedalus_bronze_XXXXXX";
    root.path = ::mkdtemp(name);
  }
  ScratchRoot(const ScratchRoot&) = delete;
  ScratchRoot& operator=(const ScratchRoot&) = delete;
  ~ScratchRoot() {
    std::error_code ignored;
    std::filesystem::remove_all(root.path, ignored);
  }
  DataRoot root;
};

inline ImportOptions import_options(const DataRoot& root, const Recording& recording,
                                    int64_t segment_bytes = 128 << 20) {
  ImportOptions options;
  options.seal = {.root = root,
                  .source = "import_" + recording.exchange,
                  .exchange = *find_exchange(recording.exchange),
                  .journal_retention_s = std::nullopt};
  options.format = recording.format;
  options.limits.max_bytes = segment_bytes;
  return options;
}

/// Records as an import would number them, without any journal.
template <class Visit>
void read_records(const Recording& recording, Visit&& visit) {
  int64_t frame_seq = 0;
  UnixNanos last;
  RecordingOptions options{.exchange = *find_exchange(recording.exchange)};
  const auto give = [&](Record record) {
    record.capture_time = last = std::max(last, record.capture_time);
    record.frame_seq = ++frame_seq;
    frame_seq += frame_numbers_taken(record) - 1;
    visit(record);
  };
  bool is_first = true;
  for (const std::string& path : recording.paths()) {
    auto reader = open_recording(recording.format, path, options);
    ASSERT_TRUE(reader) << reader.error().message;
    options.continues = true;
    while (true) {
      const auto next = (*reader)->next();
      ASSERT_TRUE(next) << next.error().message;
      if (*next == nullptr) break;
      if (is_first) {
        give(
            {.capture_time = (*next)->capture_time, .type = RecordType::start, .detail = "import"});
      }
      is_first = false;
      give(**next);
    }
  }
}

}  // namespace daedalus
