#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <vector>

#include "daedalus/base/file.hpp"
#include "daedalus/journal/segment_reader.hpp"
#include "daedalus/journal/segment_writer.hpp"
#include "daedalus/journal/temporary_folder.hpp"

namespace daedalus {
namespace {

constexpr const char* kName = "segment_20260809T21_00001";

Record numbered(int64_t seq, size_t payload_size) {
  Record record;
  record.frame_seq = seq;
  record.capture_time = {1786309548629007800 + seq};
  record.connection = 1;
  record.payload = "{\"n\":" + std::to_string(seq) + "}";
  std::mt19937_64 random(static_cast<uint64_t>(seq));
  while (record.payload.size() < payload_size) {
    uint64_t bits = random();
    for (int i = 0; i < 12; ++i, bits >>= 5) record.payload += static_cast<char>('A' + bits % 32);
  }
  return record;
}

/// A segment of `frames` flushes of three records each; the file's bytes after each flush.
struct Written {
  std::string path;
  std::string bytes;
  std::vector<size_t> frame_ends{0};
};

constexpr int64_t kRecordsPerFrame = 3;

Written write_segment(const TemporaryFolder& folder, int frames, size_t payload_size = 20) {
  auto writer = SegmentWriter::create(folder.path(), kName);
  EXPECT_TRUE(writer) << writer.error().message;
  Written written{.path = writer->path(), .bytes = {}};
  for (int frame = 0; frame < frames; ++frame) {
    for (int64_t i = 0; i < kRecordsPerFrame; ++i) {
      writer->append(numbered(frame * kRecordsPerFrame + i, payload_size));
    }
    EXPECT_TRUE(writer->flush());
    written.frame_ends.push_back(read_file(written.path)->size());
  }
  EXPECT_TRUE(writer->close());
  written.bytes = *read_file(written.path);
  return written;
}

void overwrite(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

struct ReadBack {
  int64_t records = 0;
  bool all_right = true;
  int64_t valid_bytes = 0;
  int64_t torn_bytes = 0;
  std::optional<Error> error;
};

ReadBack read_all(const std::string& path, size_t payload_size = 20) {
  ReadBack result;
  auto reader = SegmentReader::open(path);
  if (!reader) return {.error = reader.error()};
  while (true) {
    const auto record = reader->next();
    if (!record) {
      result.error = record.error();
      break;
    }
    if (*record == nullptr) break;
    result.all_right &= (*record)->payload == numbered(result.records, payload_size).payload &&
                        (*record)->frame_seq == result.records;
    ++result.records;
  }
  result.valid_bytes = reader->valid_bytes();
  result.torn_bytes = reader->torn_bytes();
  return result;
}

TEST(Segment, ComesBackRecordByRecord) {
  const TemporaryFolder folder;
  const Written written = write_segment(folder, 5);

  const ReadBack result = read_all(written.path);

  EXPECT_EQ(result.records, 15);
  EXPECT_TRUE(result.all_right);
  EXPECT_FALSE(result.error);
  EXPECT_EQ(result.valid_bytes, static_cast<int64_t>(written.bytes.size()));
  EXPECT_EQ(result.torn_bytes, 0);
}

TEST(Segment, IsNeverOverwritten) {
  const TemporaryFolder folder;
  const Written written = write_segment(folder, 1);

  const auto second = SegmentWriter::create(folder.path(), kName);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::io);
  EXPECT_EQ(*read_file(written.path), written.bytes);
}

TEST(Segment, CountsItsBytes) {
  const TemporaryFolder folder;
  auto writer = *SegmentWriter::create(folder.path(), kName);
  std::string line;
  append_record_line(line, numbered(0, 20));
  const auto size = static_cast<int64_t>(line.size());

  writer.append(numbered(0, 20));
  EXPECT_EQ(writer.pending_bytes(), size);
  ASSERT_TRUE(writer.flush());
  writer.append(numbered(0, 20));

  EXPECT_EQ(writer.pending_bytes(), size);
  EXPECT_EQ(writer.total_bytes(), 2 * size);
}

TEST(Segment, CutAtAnyByteGivesAllRecordsOfWholeFrames) {
  const TemporaryFolder folder;
  const Written written = write_segment(folder, 4);

  for (size_t size = 0; size <= written.bytes.size(); ++size) {
    overwrite(written.path, written.bytes.substr(0, size));
    size_t whole = 0;
    while (whole + 1 < written.frame_ends.size() && written.frame_ends[whole + 1] <= size) ++whole;

    const ReadBack result = read_all(written.path);

    ASSERT_FALSE(result.error) << size << ": " << result.error->message;
    ASSERT_TRUE(result.all_right) << size;
    ASSERT_EQ(result.records, static_cast<int64_t>(whole) * kRecordsPerFrame) << size;
    ASSERT_EQ(result.valid_bytes, static_cast<int64_t>(written.frame_ends[whole])) << size;
    ASSERT_EQ(result.torn_bytes, static_cast<int64_t>(size - written.frame_ends[whole])) << size;
  }
}

TEST(Segment, DamagedAtAnyByteGivesAnErrorOrALostTailAndNeverAWrongRecord) {
  const TemporaryFolder folder;
  const Written written = write_segment(folder, 3);

  for (size_t at = 0; at < written.bytes.size(); ++at) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string damaged = written.bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      overwrite(written.path, damaged);
      size_t frame = 0;
      while (written.frame_ends[frame + 1] <= at) ++frame;
      const bool last = frame + 2 == written.frame_ends.size();

      const ReadBack result = read_all(written.path);

      ASSERT_TRUE(result.all_right) << at;
      // A bit that changes nothing of what the frame says (an unused header bit) may pass.
      if (result.records == 9 && !result.error) continue;
      ASSERT_EQ(result.records, static_cast<int64_t>(frame) * kRecordsPerFrame) << at;
      ASSERT_EQ(result.error.has_value(), !last) << at;
      if (last) {
        ASSERT_EQ(result.torn_bytes,
                  static_cast<int64_t>(written.bytes.size() - written.frame_ends[frame]));
      } else {
        ASSERT_EQ(result.error->kind, ErrorKind::malformed);
        ASSERT_EQ(result.error->message, written.path + " is damaged at byte " +
                                             std::to_string(written.frame_ends[frame]) +
                                             ": a frame there cannot be read");
      }
    }
  }
}

TEST(Segment, DamagedInTheMiddleBeforeATornTailIsAnError) {
  const TemporaryFolder folder;
  const Written written = write_segment(folder, 3);
  std::string damaged = written.bytes.substr(0, written.bytes.size() - 5);
  damaged[written.frame_ends[1] + 30] ^= 0x55;
  overwrite(written.path, damaged);

  const ReadBack result = read_all(written.path);

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.records, kRecordsPerFrame);
}

TEST(Segment, OfLargeFramesSurvivesCutsAndDamageAtRandomPlaces) {
  constexpr size_t kPayload = 700'000;
  const TemporaryFolder folder;
  const Written written = write_segment(folder, 3, kPayload);
  std::mt19937_64 random(3);
  for (int round = 0; round < 12; ++round) {
    const size_t at = random() % written.bytes.size();
    size_t frame = 0;
    while (written.frame_ends[frame + 1] <= at) ++frame;
    std::string damaged = written.bytes;
    const bool cut = round % 2 == 0;
    if (cut) damaged.resize(at);
    if (!cut) damaged[at] ^= 0x10;
    overwrite(written.path, damaged);

    const ReadBack result = read_all(written.path, kPayload);

    EXPECT_TRUE(result.all_right);
    EXPECT_EQ(result.records, static_cast<int64_t>(frame) * kRecordsPerFrame);
    EXPECT_EQ(result.error.has_value(), !cut && frame < 2);
  }
}

TEST(Segment, WithZerosOrNoiseBehindItHasATornTail) {
  const TemporaryFolder folder;
  const Written written = write_segment(folder, 2);
  std::mt19937_64 random(5);
  std::string noise(3 << 20, '\0');
  for (const bool zeros : {true, false}) {
    for (char& c : noise) c = zeros ? '\0' : static_cast<char>(random());
    overwrite(written.path, written.bytes + noise);

    const ReadBack result = read_all(written.path);

    EXPECT_FALSE(result.error);
    EXPECT_EQ(result.records, 6);
    EXPECT_EQ(result.torn_bytes, static_cast<int64_t>(noise.size()));
  }
}

TEST(Segment, CutsItsTornTail) {
  const TemporaryFolder folder;
  const Written written = write_segment(folder, 3);
  overwrite(written.path, written.bytes.substr(0, written.frame_ends[2] + 9));

  const auto cut = cut_torn_tail(written.path);

  ASSERT_TRUE(cut) << cut.error().message;
  EXPECT_EQ(*cut, 9);
  EXPECT_EQ(*read_file(written.path), written.bytes.substr(0, written.frame_ends[2]));
  EXPECT_EQ(*cut_torn_tail(written.path), 0);
}

TEST(Segment, WithDamageInTheMiddleIsNotCut) {
  const TemporaryFolder folder;
  const Written written = write_segment(folder, 3);
  std::string damaged = written.bytes;
  damaged[20] ^= 0x55;
  overwrite(written.path, damaged);

  const auto cut = cut_torn_tail(written.path);

  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind, ErrorKind::malformed);
  EXPECT_EQ(*read_file(written.path), damaged);
}

TEST(Segment, ThatIsEmptyOrAbsentIsNoRecordsOrAnIoError) {
  const TemporaryFolder folder;
  overwrite(folder / "empty", "");

  EXPECT_EQ(read_all(folder / "empty").records, 0);
  EXPECT_FALSE(read_all(folder / "empty").error);
  ASSERT_TRUE(read_all(folder / "absent").error);
  EXPECT_EQ(read_all(folder / "absent").error->kind, ErrorKind::io);
}

TEST(Segment, FlushedInManyMegabytesIsCutIntoFramesAtLineEnds) {
  constexpr size_t kPayload = 5 << 20;
  const TemporaryFolder folder;
  auto writer = *SegmentWriter::create(folder.path(), kName);
  for (int64_t i = 0; i < 9; ++i) writer.append(numbered(i, kPayload));
  ASSERT_TRUE(writer.close());

  const ReadBack result = read_all(writer.path(), kPayload);

  EXPECT_EQ(result.records, 9);
  EXPECT_TRUE(result.all_right);
  EXPECT_FALSE(result.error);
}

TEST(Segment, IsReadByTheZstdCommand) {
  if (std::system("zstd --version > /dev/null 2>&1") != 0) {
    ASSERT_EQ(std::getenv("CI"), nullptr) << "no zstd command here";
    GTEST_SKIP() << "no zstd command here";
  }
  const TemporaryFolder folder;
  const Written written = write_segment(folder, 3);

  const std::string command = "zstd -dcq " + written.path + " > " + (folder / "lines");
  ASSERT_EQ(std::system(command.c_str()), 0);

  std::string expected;
  for (int64_t i = 0; i < 9; ++i) append_record_line(expected, numbered(i, 20));
  EXPECT_EQ(*read_file(folder / "lines"), expected);
}

}  // namespace
}  // namespace daedalus
