#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// One published bronze file of a segment.
struct SegmentFile {
  std::string path;     ///< Below raw/ready/<source>/ (and, once archived, raw/archive/<source>/).
  std::string channel;  ///< Folder name: orderbook, trades, ticker, gaps, instruments, candles, ...
  std::string exchange;
  std::string symbol;
  int64_t rows = 0;
  int64_t bytes = 0;
  std::string xxh3_128;
};

/// `raw/ready/<source>/segments/<segment>.json`: through it, and only through it, a segment exists.
struct SegmentRecord {
  int format = 1;
  std::string segment;
  std::string source;
  std::string exchange;
  std::string writer;
  std::string previous_segment;  ///< Empty: the source's first.
  std::string raw_format = "parquet";
  int64_t opened_ns = 0;
  int64_t closed_ns = 0;
  int64_t first_frame_seq = 0;
  int64_t last_frame_seq = 0;
  int64_t records = 0;
  int64_t torn_bytes = 0;  ///< Cut off behind the last valid frame (a crash).
  std::map<std::string, int64_t>
      frames;  ///< Received frames by what became of them; "rows" gave rows.
  std::vector<SegmentFile> files;
};

std::string to_json(const SegmentRecord& record);
Result<SegmentRecord> parse_segment_record(std::string_view json);

}  // namespace daedalus
