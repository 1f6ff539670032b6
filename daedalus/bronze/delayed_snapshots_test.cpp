// Fifty books whose images come up to ten seconds late, over a rotation and a kill in between.

#include <gtest/gtest.h>

#include <random>

#include "daedalus/book/order_book.hpp"
#include "daedalus/bronze/journal_story_for_test.hpp"
#include "daedalus/bronze/sealed_root_for_test.hpp"
#include "daedalus/journal/source_journal.hpp"

namespace daedalus {
namespace {

constexpr int kSymbols = 50;
constexpr int64_t kHourEnd = 450'001 * kNanosPerHour;
const std::string kSource = "binance";

SealOptions options_for(const DataRoot& root) {
  return {.root = root,
          .source = kSource,
          .exchange = *find_exchange("binance"),
          .journal_retention_s = std::nullopt};
}

std::string symbol_name(int index) {
  return fmt::format("C{:02}USDT", index);
}

/// One market: the book as the venue has it, and the image that is on its way.
struct Market {
  std::map<int, int> bids;  ///< Price to size, both small whole numbers.
  int64_t last_id = 1000;
  int64_t image_asked_ns = 0;
  int64_t image_comes_ns = 0;
  std::string image;
  int64_t image_id = 0;
};

std::string levels_json(const std::map<int, int>& levels) {
  std::string text;
  for (const auto& [price, size] : levels) {
    text += fmt::format(R"({}["{}","{}"])", text.empty() ? "" : ",", price, size);
  }
  return '[' + text + ']';
}

class Feed {
 public:
  explicit Feed(uint32_t seed) : random_(seed), markets_(kSymbols) {}

  /// The connection begins at `now`: each image is taken within 10 s and comes within as much.
  void connect(int64_t now_ns) {
    for (Market& market : markets_) {
      market.image.clear();
      market.image_asked_ns = now_ns + below(10 * kNanosPerSecond);
      market.image_comes_ns = market.image_asked_ns + below(10 * kNanosPerSecond);
    }
  }

  /// All that happens up to and with `now`, as records.
  std::vector<Record> step(int64_t now_ns, int64_t connection) {
    std::vector<Record> records;
    for (int i = 0; i < kSymbols; ++i) {
      Market& market = markets_[static_cast<size_t>(i)];
      if (market.image_asked_ns != 0 && now_ns >= market.image_asked_ns) {
        market.image_id = market.last_id;
        market.image = fmt::format(R"({{"lastUpdateId":{},"bids":{},"asks":[["900","1"]]}})",
                                   market.last_id, levels_json(market.bids));
        market.image_asked_ns = 0;
      }
      records.push_back(change(i, now_ns, connection));
      if (!market.image.empty() && now_ns >= market.image_comes_ns) {
        records.push_back({.capture_time = {now_ns},
                           .type = RecordType::http,
                           .status = 200,
                           .url = image_url(symbol_name(i)),
                           .payload = std::exchange(market.image, {})});
      }
    }
    return records;
  }

  const std::map<int, int>& bids(int index) const {
    return markets_[static_cast<size_t>(index)].bids;
  }

 private:
  int64_t below(int64_t limit) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(limit));
  }

  Record change(int index, int64_t now_ns, int64_t connection) {
    Market& market = markets_[static_cast<size_t>(index)];
    std::map<int, int> changed;
    for (int i = 0; i < 3; ++i) {
      const int price = 100 + static_cast<int>(below(200));
      const int size = static_cast<int>(below(4));
      changed[price] = size;
      market.bids[price] = size;
      if (size == 0) market.bids.erase(price);
    }
    const int64_t first = market.last_id + 1;
    market.last_id += 1 + below(3);
    return {.capture_time = {now_ns},
            .connection = connection,
            .payload = depth(first, market.last_id, symbol_name(index), levels_json(changed))};
  }

  std::mt19937_64 random_;
  std::vector<Market> markets_;
};

class Capture {
 public:
  Capture(const DataRoot& root, int64_t now_ns, int64_t connection)
      : journal_(*JournalSink::open({.folder = root.active(kSource),
                                     .plan = {.source = kSource,
                                              .exchange = "binance",
                                              .position = *source_position(root, kSource)}})) {
    write({.capture_time = {now_ns}, .type = RecordType::start, .detail = "live"});
    write({.capture_time = {now_ns},
           .type = RecordType::connect,
           .connection = connection,
           .url = "wss://stream.binance.com:9443/stream"});
  }
  void write(Record record) { ASSERT_TRUE(journal_.append(record)); }
  /// What a kill leaves: flushed, not ended.
  void stop() { ASSERT_TRUE(journal_.flush()); }

 private:
  JournalSink journal_;
};

TEST(DelayedImages, OfFiftySymbolsOverARotationAndAKillLoseNothing) {
  for (const uint32_t seed : {1u}) {
    const ScratchRoot scratch;
    Feed feed(seed);
    int64_t now_ns = kHourEnd - 5 * kNanosPerSecond;
    for (int64_t connection = 1; connection <= 2; ++connection) {
      feed.connect(now_ns);
      Capture capture(scratch.root, now_ns, connection);
      // The first process is killed while images are on their way; the second sees them all come.
      const int steps = connection == 1 ? 90 : 250;
      for (int step = 0; step < steps; ++step, now_ns += kNanosPerSecond / 10) {
        for (const Record& record : feed.step(now_ns, connection)) capture.write(record);
      }
      capture.stop();
      const auto recovered = recover_source(options_for(scratch.root));
      ASSERT_TRUE(recovered) << recovered.error().message;
    }

    std::map<std::string, OrderBook> books;
    int64_t behind_images = 0, gaps = 0, buffered = 0;
    for (const SegmentRecord& record : ready_records(scratch.root, kSource)) {
      if (record.frames.contains("buffered")) buffered += record.frames.at("buffered");
      for (const SegmentFile& file : record.files) {
        if (file.channel == "gaps") gaps += file.rows;
        if (file.channel != "orderbook") continue;
        for (const auto& row : read_book_rows(scratch.root.ready(kSource) + '/' + file.path)) {
          ASSERT_TRUE(books[file.symbol].apply(row.message));
          behind_images += row.kind == "delta" && row.recv_seq % kRowsPerFrame > 0;
        }
      }
    }
    EXPECT_GT(behind_images, kSymbols);
    EXPECT_GT(buffered, 0) << "a rotation or kill between delta and image";
    EXPECT_GT(gaps, 0) << "the process gap of books that were live";
    ASSERT_EQ(books.size(), static_cast<size_t>(kSymbols));
    for (int i = 0; i < kSymbols; ++i) {
      std::map<int, int> found;
      books[fmt::format("C{:02}-USDT", i)].walk(Side::buy, [&](const BookLevel& level) {
        found[static_cast<int>(level.price)] = static_cast<int>(level.size);
        return true;
      });
      EXPECT_EQ(found, feed.bids(i)) << symbol_name(i) << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace daedalus
