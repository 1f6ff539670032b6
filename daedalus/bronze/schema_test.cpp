#include "daedalus/bronze/schema.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "daedalus/base/file.hpp"

namespace daedalus {
namespace {

/// "<column> <type>" of each line of the document's table.
std::vector<std::string> documented_columns(const std::string& document, std::string_view table) {
  std::vector<std::string> columns;
  size_t at = document.find("\n### Table " + std::string(table) + "\n");
  if (at == std::string::npos) return columns;
  const size_t end = document.find("\n### ", at + 1);
  while ((at = document.find("\n| `", at + 1)) < end) {
    const size_t name = at + 4;
    const size_t name_end = document.find("` | ", name);
    const size_t type_end = document.find(" |", name_end + 4);
    columns.push_back(document.substr(name, name_end - name) + ' ' +
                      document.substr(name_end + 4, type_end - name_end - 4));
  }
  return columns;
}

TEST(BronzeSchema, IsTheOneOfTheFormatsDocument) {
  const auto document = read_file(DAEDALUS_SOURCE_DIR "/docs/formats.md");
  ASSERT_TRUE(document) << document.error().message;
  for (const BronzeTable table :
       {BronzeTable::orderbook, BronzeTable::trades, BronzeTable::ticker, BronzeTable::gaps,
        BronzeTable::instruments, BronzeTable::other}) {
    std::vector<std::string> columns;
    for (const ColumnSpec& column : bronze_schema(table)) {
      columns.push_back(column.name + ' ' + std::string(column_type_name(column.type)));
    }
    EXPECT_EQ(documented_columns(*document, bronze_table_name(table)), columns)
        << bronze_table_name(table);
  }
}

}  // namespace
}  // namespace daedalus
