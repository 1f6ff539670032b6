// Bad input costs its own symbol at most: the others deliver the same rows as without it.

#include <gmock/gmock.h>

#include <algorithm>

#include "daedalus/bronze/journal_story_for_test.hpp"
#include "daedalus/bronze/recordings_for_test.hpp"

namespace daedalus {
namespace {

/// Rows without their numbers, but for those of one symbol.
std::vector<std::string> rows_of_others(const std::string& exchange,
                                        const std::vector<Record>& records,
                                        const std::string& without_symbol) {
  Interpreter interpreter(**find_exchange(exchange), {});
  RowLines lines;
  StreamObserver nobody;
  for (const Record& record : records) interpreter.apply(record, lines, nobody);
  std::vector<std::string> rows;
  for (const std::string& line : lines.take()) {
    std::string row = line.substr(line.find(' ') + 1);
    if (!row.starts_with(without_symbol + ' ')) rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Record> records_of(const Recording& recording) {
  std::vector<Record> records;
  read_records(recording, [&](const Record& record) { records.push_back(record); });
  return records;
}

/// In every tenth of the recording, the next frame for which `spoil` does something.
template <class Spoil>
int spoil_ten(std::vector<Record>& records, Spoil&& spoil) {
  int spoilt = 0;
  for (int tenth = 0; tenth < 10; ++tenth) {
    for (size_t i = records.size() * static_cast<size_t>(tenth) / 10; i < records.size(); ++i) {
      if (records[i].type != RecordType::recv || !spoil(records[i].payload)) continue;
      ++spoilt;
      break;
    }
  }
  return spoilt;
}

/// Puts `value` where the first price of a message of `symbol` stands, behind `before_price`.
bool replace_price(std::string& payload, const std::string& symbol, const std::string& before_price,
                   const std::string& value) {
  if (payload.find('"' + symbol + '"') == std::string::npos) return false;
  const size_t at = payload.find(before_price);
  if (at == std::string::npos) return false;
  const size_t begin = at + before_price.size();
  payload.replace(begin, payload.find('"', begin) - begin, value);
  return true;
}

const std::string kBadPrices[] = {"NaN", "", "-1", "1e999", std::string(400, '7')};

TEST(BadInput, APriceThatIsNoneCostsItsSymbolOnlyAtBinance) {
  DAEDALUS_NEED_RECORDING(kBinanceRecording);
  const std::vector<Record> good = records_of(kBinanceRecording);
  const auto expected = rows_of_others("binance", good, "ZIL-USDT");
  for (const std::string& price : kBadPrices) {
    std::vector<Record> bad = good;
    EXPECT_EQ(spoil_ten(bad,
                        [&](std::string& payload) {
                          return payload.find("depthUpdate") != std::string::npos &&
                                 replace_price(payload, "ZILUSDT", R"("b":[[")", price);
                        }),
              10);
    EXPECT_EQ(rows_of_others("binance", bad, "ZIL-USDT"), expected) << price;
  }
}

TEST(BadInput, APriceThatIsNoneCostsItsSymbolOnlyAtCoinbase) {
  DAEDALUS_NEED_RECORDING(kCoinbaseRecording);
  const std::vector<Record> good = records_of(kCoinbaseRecording);
  const auto expected = rows_of_others("coinbase", good, "BTC-USD");
  for (const std::string& price : kBadPrices) {
    std::vector<Record> bad = good;
    EXPECT_EQ(spoil_ten(bad,
                        [&](std::string& payload) {
                          return payload.find(R"("l2_data")") != std::string::npos &&
                                 replace_price(payload, "BTC-USD", R"("price_level":")", price);
                        }),
              10);
    EXPECT_EQ(rows_of_others("coinbase", bad, "BTC-USD"), expected) << price;
  }
}

TEST(BadInput, FramesThatAreNoJsonChangeNoRow) {
  for (const Recording& recording : {kBinanceRecording, kCoinbaseRecording, kUsdmRecording}) {
    DAEDALUS_NEED_RECORDING(recording);
    const std::vector<Record> good = records_of(recording);
    std::vector<Record> bad;
    for (size_t i = 0; i < good.size(); ++i) {
      bad.push_back(good[i]);
      if (i % 500 != 7) continue;
      Record garbage = good[i];
      garbage.type = RecordType::recv;
      garbage.connection = std::max<int64_t>(garbage.connection, 1);
      for (const char* text : {"", "not JSON", "{\"half\":", "[1,2", "\xff\xfe"}) {
        garbage.payload = text;
        bad.push_back(garbage);
      }
    }
    EXPECT_EQ(rows_of_others(recording.exchange, bad, "-"),
              rows_of_others(recording.exchange, good, "-"));
  }
}

}  // namespace
}  // namespace daedalus
