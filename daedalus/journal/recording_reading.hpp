#pragma once

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <string>
#include <vector>

#include "daedalus/journal/recording.hpp"

namespace daedalus {

/// All that a reader gave, for tests.
struct Reading {
  std::vector<Record> records;
  std::vector<std::string> errors;
};

inline Reading read_to_end(RecordingReader& reader) {
  Reading reading;
  while (reading.errors.size() < 1000) {
    const auto record = reader.next();
    if (!record) {
      EXPECT_EQ(record.error().kind, ErrorKind::malformed);
      reading.errors.push_back(record.error().message);
      continue;
    }
    if (*record == nullptr) break;
    reading.records.push_back(**record);
  }
  return reading;
}

inline Reading read_recording(std::string_view format, const std::string& path,
                              const RecordingOptions& options = {}) {
  auto reader = open_recording(format, path, options);
  EXPECT_TRUE(reader) << reader.error().message;
  return reader ? read_to_end(**reader) : Reading{};
}

inline void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::string gzipped(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

inline std::string zstd_compressed(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
  out.resize(size);
  return out;
}

}  // namespace daedalus
