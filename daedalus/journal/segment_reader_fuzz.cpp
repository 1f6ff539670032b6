// The journal's line parser and file reader on any bytes.
#include "daedalus/journal/segment_reader.hpp"

#include "daedalus/journal/memory_file.hpp"
#include "daedalus/journal/zstd_frames.hpp"

namespace daedalus {
namespace {

/// A line that can be read is written again as one that reads the same.
void fuzz_record_line(std::string_view line) {
  const auto record = parse_record_line(line);
  if (!record) return;
  std::string written;
  append_record_line(written, *record);
  DAEDALUS_CHECK(written.ends_with("}\n"));
  const auto again = parse_record_line(std::string_view(written).substr(0, written.size() - 1));
  DAEDALUS_CHECK(again.has_value());
  DAEDALUS_CHECK(again->frame_seq == record->frame_seq && again->payload == record->payload);
  DAEDALUS_CHECK(again->is_binary == record->is_binary && again->type == record->type);
}

/// Any file is read to its end or to one error, and what is valid and what is torn add up to it.
void fuzz_segment_file(std::string_view bytes) {
  const MemoryFile file(bytes);
  auto reader = SegmentReader::open(file.path());
  DAEDALUS_CHECK(reader.has_value());
  while (true) {
    const auto record = reader->next();
    if (!record) {
      DAEDALUS_CHECK(record.error().kind == ErrorKind::malformed);
      return;
    }
    if (*record == nullptr) break;
  }
  const int64_t size = reader->valid_bytes() + reader->torn_bytes();
  DAEDALUS_CHECK(size == static_cast<int64_t>(bytes.size()));
}

/// The first byte says what the rest is: a line, a file, or the lines of a good frame before a
/// tail.
void fuzz_journal(std::string_view input) {
  if (input.empty()) return;
  const std::string_view rest = input.substr(1);
  switch (static_cast<unsigned char>(input[0]) % 3) {
    case 0:
      return fuzz_record_line(rest);
    case 1:
      return fuzz_segment_file(rest);
    default:
      std::string file(FrameCompressor().compress(rest.substr(0, rest.size() / 2)));
      return fuzz_segment_file(file.append(rest.substr(rest.size() / 2)));
  }
}

}  // namespace
}  // namespace daedalus

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  daedalus::fuzz_journal({reinterpret_cast<const char*>(data), size});
  return 0;
}
