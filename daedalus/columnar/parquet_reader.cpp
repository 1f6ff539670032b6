#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>

#include <algorithm>
#include <exception>

#include "daedalus/base/check.hpp"
#include "daedalus/base/file.hpp"
#include "daedalus/columnar/arrow_columns.hpp"
#include "daedalus/columnar/levels_reader.hpp"
#include "daedalus/columnar/parquet.hpp"

namespace daedalus {
namespace {

void collect_leaves(const parquet::arrow::SchemaField& field, std::vector<int>& leaves) {
  if (field.is_leaf()) leaves.push_back(field.column_index);
  for (const auto& child : field.children) collect_leaves(child, leaves);
}

}  // namespace

struct ParquetReader::Inner {
  std::string path;
  Schema schema;
  Metadata metadata;
  std::unique_ptr<parquet::arrow::FileReader> reader;
  std::vector<std::vector<int>> leaves;  ///< Of each column of `schema`, in file order.

  Failure damaged(std::string_view reason) const {
    return fail(ErrorKind::malformed, "damaged Parquet file {}: {}", path, reason);
  }

  arrow::Status start() {
    ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
    auto properties = parquet::default_reader_properties();
    properties.set_page_checksum_verification(true);
    auto arrow_properties = parquet::ArrowReaderProperties(false);
    arrow_properties.set_pre_buffer(false);
    parquet::arrow::FileReaderBuilder builder;
    ARROW_RETURN_NOT_OK(builder.Open(std::move(file), properties));
    builder.properties(arrow_properties);
    ARROW_ASSIGN_OR_RAISE(reader, builder.Build());
    if (const auto pairs = reader->parquet_reader()->metadata()->key_value_metadata()) {
      for (int64_t i = 0; i < pairs->size(); ++i) metadata[pairs->key(i)] = pairs->value(i);
    }
    return arrow::Status::OK();
  }

  Result<void> choose(std::span<const std::string> columns) {
    std::vector<std::string> missing(columns.begin(), columns.end());
    for (const auto& field : reader->manifest().schema_fields) {
      const std::string& name = field.field->name();
      const auto wanted = std::find(missing.begin(), missing.end(), name);
      if (!columns.empty() && wanted == missing.end()) continue;
      const auto type = column_type_of(*field.field->type());
      if (!type && columns.empty()) continue;
      if (!type) {
        return damaged(
            fmt::format("column {} is of type {}", name, field.field->type()->ToString()));
      }
      if (wanted != missing.end()) missing.erase(wanted);
      schema.push_back({name, *type});
      collect_leaves(field, leaves.emplace_back());
    }
    if (!missing.empty()) return damaged(fmt::format("it has no column {}", missing.front()));
    return {};
  }

  /// One column after the other, so that only one is in memory twice.
  arrow::Status read(int index, Table& table) {
    const auto group = reader->parquet_reader()->RowGroup(index);
    for (size_t i = 0; i < schema.size(); ++i) {
      Column& column = table.columns[i];
      if (schema[i].type == ColumnType::levels) {
        ARROW_RETURN_NOT_OK(read_levels(*group, leaves[i][0], leaves[i][1], column));
      } else {
        ARROW_RETURN_NOT_OK(read_flat(index, leaves[i], column));
      }
      if (column.rows() != static_cast<size_t>(group->metadata()->num_rows())) {
        return arrow::Status::Invalid("columns differ in length");
      }
    }
    return arrow::Status::OK();
  }

  arrow::Status read_flat(int index, const std::vector<int>& leaf, Column& column) {
    ARROW_ASSIGN_OR_RAISE(auto read, reader->ReadRowGroup(index, leaf));
    if (read->num_columns() != 1) return arrow::Status::Invalid("columns are missing");
    for (const auto& chunk : read->column(0)->chunks()) {
      ARROW_RETURN_NOT_OK(append_arrow(*chunk, column));
    }
    return arrow::Status::OK();
  }

  template <class Work>
  Result<void> guarded(Work&& work) {
    try {
      if (const arrow::Status status = work(); !status.ok()) {
        return damaged(status.message());
      }
    } catch (const std::exception& error) {
      return damaged(error.what());
    }
    return {};
  }
};

ParquetReader::ParquetReader(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
ParquetReader::ParquetReader(ParquetReader&&) noexcept = default;
ParquetReader& ParquetReader::operator=(ParquetReader&&) noexcept = default;
ParquetReader::~ParquetReader() = default;

Result<ParquetReader> ParquetReader::open(const std::string& path,
                                          std::span<const std::string> columns) {
  DAEDALUS_OK(File::open_read(path));  // Absent or forbidden: io, not malformed.
  auto inner = std::make_unique<Inner>();
  inner->path = path;
  DAEDALUS_OK(inner->guarded([&] { return inner->start(); }));
  DAEDALUS_OK(inner->choose(columns));
  return ParquetReader(std::move(inner));
}

const Schema& ParquetReader::schema() const {
  return inner_->schema;
}
const Metadata& ParquetReader::metadata() const {
  return inner_->metadata;
}
int64_t ParquetReader::rows() const {
  return inner_->reader->parquet_reader()->metadata()->num_rows();
}
int ParquetReader::row_groups() const {
  return inner_->reader->num_row_groups();
}

Result<Table> ParquetReader::read_row_group(int index) {
  Table table(inner_->schema);
  DAEDALUS_OK(read_row_group(index, table));
  return table;
}

Result<void> ParquetReader::read_row_group(int index, Table& table) {
  DAEDALUS_CHECK(index >= 0 && index < row_groups());
  DAEDALUS_CHECK(table.schema == inner_->schema);
  table.clear();
  return inner_->guarded([&] { return inner_->read(index, table); });
}

}  // namespace daedalus
