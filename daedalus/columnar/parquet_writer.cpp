#include <arrow/io/interfaces.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include <exception>
#include <limits>
#include <unordered_set>

#include "daedalus/base/check.hpp"
#include "daedalus/base/file.hpp"
#include "daedalus/base/hash.hpp"
#include "daedalus/columnar/arrow_columns.hpp"
#include "daedalus/columnar/parquet.hpp"

namespace daedalus {
namespace {

/// Arrow's view of our file.
class FileStream : public arrow::io::OutputStream {
 public:
  explicit FileStream(File file) : file_(std::move(file)) {}

  arrow::Status Write(const void* data, int64_t bytes) override {
    const std::string_view piece(static_cast<const char*>(data), static_cast<size_t>(bytes));
    const auto written = file_.write(piece);
    if (!written) return arrow::Status::IOError(written.error().message);
    hash_.add(piece);
    at_ += bytes;
    return arrow::Status::OK();
  }
  using arrow::io::OutputStream::Write;
  arrow::Result<int64_t> Tell() const override { return at_; }
  arrow::Status Close() override { return arrow::Status::OK(); }
  bool closed() const override { return false; }

  File& file() { return file_; }
  int64_t bytes() const { return at_; }
  std::string hash() const { return hash_.hex(); }

 private:
  File file_;
  Xxh3Stream hash_;
  int64_t at_ = 0;
};

/// Identifiers and free text hardly repeat: a dictionary of them costs time and saves nothing.
bool repeats(const Column& column) {
  constexpr size_t kSample = 512;
  const size_t rows = column.rows();
  const size_t step = std::max<size_t>(1, rows / kSample);
  std::unordered_set<std::string_view> distinct;
  size_t sampled = 0;
  for (size_t row = 0; row < rows; row += step, ++sampled) distinct.insert(column.text_at(row));
  return distinct.size() * 2 <= sampled || sampled < 8;
}

/// Begun with fewer rows, a file is not compressed: making zstd's state for each column would take
/// longer than all else.
constexpr size_t kFewRows = 256;

std::shared_ptr<parquet::WriterProperties> properties_for(const Table& table) {
  parquet::WriterProperties::Builder builder;
  builder.created_by("daedalus")
      ->version(parquet::ParquetVersion::PARQUET_2_6)
      ->compression(table.rows() < kFewRows ? parquet::Compression::UNCOMPRESSED
                                            : parquet::Compression::ZSTD)
      ->disable_dictionary()
      ->enable_page_checksum()
      ->max_row_group_length(std::numeric_limits<int64_t>::max());
  if (table.rows() >= kFewRows) builder.compression_level(1);
  for (size_t i = 0; i < table.schema.size(); ++i) {
    const std::string& name = table.schema[i].name;
    switch (table.schema[i].type) {
      case ColumnType::utf8:
        if (repeats(table.columns[i])) builder.enable_dictionary(name);
        break;
      case ColumnType::int32:
        builder.enable_dictionary(name);
        break;
      case ColumnType::int64:
      case ColumnType::timestamp_us:
        builder.encoding(name, parquet::Encoding::DELTA_BINARY_PACKED);
        break;
      case ColumnType::float64:
        builder.disable_statistics(name);
        break;
      case ColumnType::levels:
        for (const char* leaf : {".list.element.price", ".list.element.size"}) {
          builder.disable_statistics(name + leaf);
          builder.enable_dictionary(name + leaf);
        }
        break;
      case ColumnType::boolean:
        break;
    }
  }
  return builder.build();
}

std::shared_ptr<arrow::Schema> arrow_schema(const Schema& schema) {
  arrow::FieldVector fields;
  for (const ColumnSpec& spec : schema)
    fields.push_back(arrow::field(spec.name, arrow_type(spec.type)));
  return arrow::schema(fields);
}

}  // namespace

struct ParquetWriter::Inner {
  std::string path;
  Schema schema;
  std::shared_ptr<FileStream> stream;
  std::unique_ptr<parquet::arrow::FileWriter> writer;
  int64_t rows = 0;

  Failure failed(std::string_view reason) const {
    return fail(ErrorKind::io, "cannot write Parquet file {}: {}", path, reason);
  }

  /// Encodings are chosen from the first rows, so the file begins only here.
  arrow::Status begin(const Table& table) {
    auto arrow_properties =
        parquet::ArrowWriterProperties::Builder().set_use_threads(false)->build();
    ARROW_ASSIGN_OR_RAISE(writer, parquet::arrow::FileWriter::Open(
                                      *arrow_schema(schema), arrow::default_memory_pool(), stream,
                                      properties_for(table), arrow_properties));
    return arrow::Status::OK();
  }

  arrow::Status write(const Table& table) {
    if (!writer) ARROW_RETURN_NOT_OK(begin(table));
    ARROW_RETURN_NOT_OK(writer->NewRowGroup());
    for (const Column& column : table.columns) {
      ARROW_ASSIGN_OR_RAISE(auto array, to_arrow(column));
      ARROW_RETURN_NOT_OK(writer->WriteColumnChunk(*array));
    }
    return arrow::Status::OK();
  }

  arrow::Status finish(const Metadata& metadata) {
    if (!writer) ARROW_RETURN_NOT_OK(begin(Table(schema)));
    auto pairs = std::make_shared<arrow::KeyValueMetadata>();
    for (const auto& [key, value] : metadata) pairs->Append(key, value);
    ARROW_RETURN_NOT_OK(writer->AddKeyValueMetadata(pairs));
    return writer->Close();
  }

  template <class Work>
  Result<void> guarded(Work&& work) {
    try {
      if (const arrow::Status status = work(); !status.ok()) return failed(status.message());
    } catch (const std::exception& error) {
      return failed(error.what());
    }
    return {};
  }
};

ParquetWriter::ParquetWriter(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
ParquetWriter::ParquetWriter(ParquetWriter&&) noexcept = default;
ParquetWriter& ParquetWriter::operator=(ParquetWriter&&) noexcept = default;

ParquetWriter::~ParquetWriter() {
  // Abandoned: let Arrow end its open row group, whatever it says; the file is temporary.
  if (inner_ && inner_->writer) {
    (void)inner_->guarded([this] { return inner_->writer->Close(); });
  }
}

Result<ParquetWriter> ParquetWriter::open(const std::string& path, const Schema& schema) {
  DAEDALUS_TRY(File file, File::create_or_truncate(path));
  auto inner = std::make_unique<Inner>();
  inner->path = path;
  inner->schema = schema;
  inner->stream = std::make_shared<FileStream>(std::move(file));
  return ParquetWriter(std::move(inner));
}

Result<void> ParquetWriter::write(const Table& table) {
  DAEDALUS_CHECK(table.schema == inner_->schema);
  const size_t rows = table.rows();
  if (rows == 0) return {};
  DAEDALUS_OK(inner_->guarded([&] { return inner_->write(table); }));
  inner_->rows += static_cast<int64_t>(rows);
  return {};
}

Result<WrittenFile> ParquetWriter::close(const Metadata& metadata, FileSync sync) {
  DAEDALUS_OK(inner_->guarded([&] { return inner_->finish(metadata); }));
  inner_->writer.reset();
  if (sync == FileSync::on_close) DAEDALUS_OK(inner_->stream->file().sync());
  DAEDALUS_OK(inner_->stream->file().close());
  return WrittenFile{
      .rows = inner_->rows, .bytes = inner_->stream->bytes(), .xxh3_128 = inner_->stream->hash()};
}

}  // namespace daedalus
