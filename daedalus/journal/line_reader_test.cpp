#include "daedalus/journal/line_reader.hpp"

#include <gtest/gtest.h>

#include <random>

#include "daedalus/journal/recording_reading.hpp"
#include "daedalus/journal/temporary_folder.hpp"

namespace daedalus {
namespace {

struct Lines {
  std::vector<std::string> lines;
  std::string error;
};

Lines read_lines(const std::string& path) {
  Lines found;
  auto reader = LineReader::open(path);
  EXPECT_TRUE(reader) << reader.error().message;
  while (reader) {
    const auto line = reader->next();
    if (!line) {
      found.error = line.error().message;
      EXPECT_FALSE(*reader->next());
      break;
    }
    if (!*line) break;
    found.lines.emplace_back(**line);
    EXPECT_EQ(reader->line_number(), static_cast<int64_t>(found.lines.size()));
  }
  return found;
}

std::vector<std::string> random_lines(size_t count, size_t longest) {
  std::mt19937_64 random(4);
  std::vector<std::string> lines(count);
  for (std::string& line : lines) {
    line.resize(random() % longest);
    for (char& c : line) c = static_cast<char>('a' + random() % 26);
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(LineReader, GivesTheSameLinesFromPlainGzipAndZstd) {
  const TemporaryFolder folder;
  const auto lines = random_lines(3000, 900);
  const std::string text = joined(lines);
  for (const std::string& bytes : {text, gzipped(text), zstd_compressed(text)}) {
    write_bytes(folder / "file", bytes);

    const Lines found = read_lines(folder / "file");

    EXPECT_EQ(found.error, "");
    EXPECT_TRUE(found.lines == lines);
  }
}

TEST(LineReader, ReadsArchivesOfSeveralMembersAndPadding) {
  const TemporaryFolder folder;
  write_bytes(folder / "gz", gzipped("a\nb") + gzipped("c\nd\n") + std::string(512, '\0'));
  write_bytes(folder / "zst", zstd_compressed("a\nb") + zstd_compressed("c\nd\n"));

  for (const char* name : {"gz", "zst"}) {
    const Lines found = read_lines(folder / name);

    EXPECT_EQ(found.lines, (std::vector<std::string>{"a", "bc", "d"}));
    EXPECT_EQ(found.error, "");
  }
}

TEST(LineReader, GivesALastLineWithoutEndAndCutsCarriageReturns) {
  const TemporaryFolder folder;
  write_bytes(folder / "file", "one\r\n\ntwo");

  EXPECT_EQ(read_lines(folder / "file").lines, (std::vector<std::string>{"one", "", "two"}));
}

TEST(LineReader, OfAnEmptyFileOrArchiveGivesNothing) {
  const TemporaryFolder folder;
  for (const std::string& bytes : {std::string(), gzipped(""), zstd_compressed("")}) {
    write_bytes(folder / "file", bytes);

    const Lines found = read_lines(folder / "file");

    EXPECT_TRUE(found.lines.empty());
    EXPECT_EQ(found.error, "");
  }
}

TEST(LineReader, GivesEveryWholeLineBeforeTheCutOfAnArchiveAndThenNamesIt) {
  const TemporaryFolder folder;
  const auto lines = random_lines(400, 300);
  const std::string text = joined(lines);
  std::mt19937_64 random(6);
  for (const std::string& whole : {gzipped(text), zstd_compressed(text)}) {
    for (int round = 0; round < 60; ++round) {
      const size_t size = 4 + random() % (whole.size() - 4);
      write_bytes(folder / "file", whole.substr(0, size));

      const Lines found = read_lines(folder / "file");

      ASSERT_LE(found.lines.size(), lines.size());
      ASSERT_TRUE(std::equal(found.lines.begin(), found.lines.end(), lines.begin()));
      ASSERT_EQ(found.error, (folder / "file") + " is cut off after byte " + std::to_string(size) +
                                 "; " + std::to_string(found.lines.size()) +
                                 " lines before it were taken");
    }
  }
  write_bytes(folder / "file", gzipped(text).substr(0, gzipped(text).size() - 4));
  EXPECT_EQ(read_lines(folder / "file").lines.size(), lines.size());
}

TEST(LineReader, NamesADamagedArchive) {
  const TemporaryFolder folder;
  const std::string text = joined(random_lines(400, 300));
  for (std::string bytes : {gzipped(text), zstd_compressed(text)}) {
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x5a);
    bytes[bytes.size() / 2 + 1] = static_cast<char>(bytes[bytes.size() / 2 + 1] ^ 0x5a);
    write_bytes(folder / "file", bytes);

    const Lines found = read_lines(folder / "file");

    // Without a checksum zstd may read wrong text; gzip always notices.
    if (bytes.starts_with("\x1f")) {
      EXPECT_NE(found.error.find("is damaged near byte"), std::string::npos) << found.error;
    }
  }
}

TEST(LineReader, TakesLinesOfManyMegabytes) {
  const TemporaryFolder folder;
  const std::string text = std::string(40 << 20, 'x') + "\nnext\n";
  write_bytes(folder / "file", zstd_compressed(text));

  const Lines found = read_lines(folder / "file");

  ASSERT_EQ(found.lines.size(), 2u);
  EXPECT_EQ(found.lines[0].size(), 40u << 20);
  EXPECT_EQ(found.lines[1], "next");
}

TEST(LineReader, OfAnAbsentFileIsAnIoError) {
  const auto reader = LineReader::open("/nonexistent/file");

  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace daedalus
