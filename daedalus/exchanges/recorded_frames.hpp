#pragma once

#include <simdjson.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace daedalus {

/// Reads other people's recordings for this folder's tests and benchmarks. The importer has its
/// own.

struct RecordedFrame {
  std::string url;  ///< Of a REST body; else empty.
  std::string payload;
};

inline std::string decompress(const std::string& packed, bool is_gzip) {
  std::string out;
  std::vector<char> block(1 << 20);
  if (is_gzip) {
    z_stream stream{};
    inflateInit2(&stream, 15 + 32);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    int status = Z_OK;
    while (status == Z_OK) {
      stream.next_out = reinterpret_cast<Bytef*>(block.data());
      stream.avail_out = static_cast<uInt>(block.size());
      status = inflate(&stream, Z_NO_FLUSH);
      out.append(block.data(), block.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    return out;
  }
  ZSTD_DStream* const stream = ZSTD_createDStream();
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  while (in.pos < in.size) {
    ZSTD_outBuffer part{block.data(), block.size(), 0};
    if (ZSTD_isError(ZSTD_decompressStream(stream, &part, &in))) break;
    out.append(block.data(), part.pos);
  }
  ZSTD_freeDStream(stream);
  return out;
}

inline void add_jsonl_line(const std::string& line, std::vector<RecordedFrame>& frames) {
  simdjson::dom::parser parser;
  const simdjson::dom::element record = parser.parse(line.data(), line.size());
  const std::string_view kind = record["t"];
  if (kind != "recv" && kind != "http") return;
  RecordedFrame frame;
  if (kind == "http") frame.url = std::string_view(record["url"]);
  frame.payload = std::string_view(record["data"]);
  frames.push_back(std::move(frame));
}

/// "<time>: <frame>" and "https://... -> <time>: <body>"; sent frames and headers are passed over.
inline void add_text_line(const std::string& line, std::vector<RecordedFrame>& frames) {
  const size_t colon = line.find(": ");
  if (line.starts_with("http")) {
    const size_t arrow = line.find(" -> ");
    frames.push_back({line.substr(0, arrow), line.substr(line.find(": ", arrow) + 2)});
  } else if (line[0] >= '0' && line[0] <= '9' && colon != std::string::npos) {
    frames.push_back({"", line.substr(colon + 2)});
  }
}

/// "<ns> <frame>"; the REST book has no URL in these recordings: `depth_url` stands for it.
inline void add_stamped_line(const std::string& line, const std::string& depth_url,
                             std::vector<RecordedFrame>& frames) {
  std::string payload = line.substr(line.find(' ') + 1);
  const bool is_rest = payload.starts_with("{\"lastUpdateId\"");
  frames.push_back({is_rest ? depth_url : "", std::move(payload)});
}

/// All frames and REST bodies of a recording, in order. Empty if the file is not there.
inline std::vector<RecordedFrame> read_recording(const std::string& path,
                                                 const std::string& depth_url = "") {
  std::ifstream file(path, std::ios::binary);
  const std::string packed{std::istreambuf_iterator<char>(file), {}};
  const std::string text = decompress(packed, path.ends_with(".gz"));
  std::vector<RecordedFrame> frames;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.empty()) continue;
    if (path.find(".jsonl.") != std::string::npos) {
      add_jsonl_line(line, frames);
    } else if (path.ends_with(".gz")) {
      add_stamped_line(line, depth_url, frames);
    } else {
      add_text_line(line, frames);
    }
  }
  return frames;
}

}  // namespace daedalus
