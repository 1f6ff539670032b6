// docs/formats.md says what the code does.

#include <gtest/gtest.h>

#include "daedalus/base/file.hpp"
#include "daedalus/journal/record.hpp"
#include "daedalus/journal/recording.hpp"

namespace daedalus {
namespace {

/// The part of the document from a heading to the next one of its level.
std::string section(const std::string& heading) {
  const auto document = read_file(DAEDALUS_SOURCE_DIR "/docs/formats.md");
  EXPECT_TRUE(document) << document.error().message;
  if (!document) return "";
  const size_t from = document->find("\n## " + heading + "\n");
  EXPECT_NE(from, std::string::npos) << heading;
  if (from == std::string::npos) return "";
  return document->substr(from, document->find("\n## ", from + 1) - from);
}

/// The line of the section that begins with `start`.
std::string line_from(const std::string& text, const std::string& start) {
  const size_t from = text.find("\n" + start);
  EXPECT_NE(from, std::string::npos) << start;
  if (from == std::string::npos) return "";
  return text.substr(from + 1, text.find('\n', from + 1) - from - 1);
}

TEST(FormatsDocument, ShowsALineAsItIsWritten) {
  const std::string example = line_from(section("Journal"), "{\"seq\"");

  const auto record = parse_record_line(example);

  ASSERT_TRUE(record) << record.error().message;
  std::string written;
  append_record_line(written, *record);
  EXPECT_EQ(written, example + "\n");
}

TEST(FormatsDocument, ShowsAHeaderAsItIsWritten) {
  const std::string example = line_from(section("Journal"), "{\"format\"");

  const auto header = parse_segment_header(example);

  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(to_json(*header), example);
}

TEST(FormatsDocument, NamesEveryRecordTypeAndKey) {
  const std::string journal = section("Journal");

  for (int type = 0; type <= static_cast<int>(RecordType::close); ++type) {
    const std::string name(record_type_name(static_cast<RecordType>(type)));
    EXPECT_NE(journal.find("\n| `" + name + "` |"), std::string::npos) << name;
  }
  for (const char* key :
       {"seq", "time_ns", "type", "conn", "status", "url", "detail", "data", "b64", "text"}) {
    EXPECT_NE(journal.find("\n| `" + std::string(key) + "` |"), std::string::npos) << key;
  }
}

TEST(FormatsDocument, NamesEveryRecordingFormat) {
  const std::string recordings = section("Recordings that `import` reads");

  for (const RecordingFormat& format : recording_formats()) {
    EXPECT_NE(recordings.find("\n| `" + std::string(format.name) + "`"), std::string::npos);
  }
}

}  // namespace
}  // namespace daedalus
