#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "daedalus/base/error.hpp"
#include "daedalus/columnar/table.hpp"

namespace daedalus {

struct WrittenFile {
  int64_t rows = 0;
  int64_t bytes = 0;
  std::string xxh3_128;  ///< Of the file's bytes.
};

/// Who makes a closed file survive a power cut.
enum class FileSync {
  on_close,   ///< `close` does.
  by_caller,  ///< The caller does, for many files at once (`sync_all`).
};

/// Writes one Parquet file (zstd level 1 unless it is tiny) under a temporary name; the caller
/// publishes it. The bytes depend on schema, metadata and rows only. Errors of all members: io.
class ParquetWriter {
 public:
  /// Creates or replaces `path`, which should be a temporary name.
  static Result<ParquetWriter> open(const std::string& path, const Schema& schema);

  ParquetWriter(ParquetWriter&&) noexcept;
  ParquetWriter& operator=(ParquetWriter&&) noexcept;
  ~ParquetWriter();

  /// Appends the table as one row group. Its schema must be the file's.
  Result<void> write(const Table& table);
  /// Metadata go into the footer, so they may be known only now.
  Result<WrittenFile> close(const Metadata& metadata, FileSync sync = FileSync::on_close);

 private:
  struct Inner;
  explicit ParquetWriter(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

/// Reads a Parquet file row group by row group. Errors of all members: malformed if the file is
/// damaged or its columns are of other types, io if it cannot be read; both name the path.
class ParquetReader {
 public:
  /// `columns` empty: all that a Table can hold. A named column that is missing is an error.
  static Result<ParquetReader> open(const std::string& path, std::span<const std::string> columns);

  ParquetReader(ParquetReader&&) noexcept;
  ParquetReader& operator=(ParquetReader&&) noexcept;
  ~ParquetReader();

  const Schema& schema() const;
  const Metadata& metadata() const;
  int64_t rows() const;
  int row_groups() const;
  Result<Table> read_row_group(int index);
  /// In place of what `table`, which has this schema, holds; its memory is used again.
  Result<void> read_row_group(int index, Table& table);

 private:
  struct Inner;
  explicit ParquetReader(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace daedalus
