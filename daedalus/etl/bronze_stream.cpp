#include "daedalus/etl/bronze_stream.hpp"

#include <vector>

namespace daedalus {

BronzeStream::BronzeStream(ParquetReader reader, std::unique_ptr<BronzeRows> rows, std::string path)
    : feeder_(std::move(rows)),
      reader_(std::move(reader)),
      path_(std::move(path)),
      table_(reader_.schema()) {}

Result<std::unique_ptr<BronzeStream>> BronzeStream::open(const std::string& path,
                                                         const std::string& channel, int64_t rows,
                                                         const Exchange* venue) {
  std::unique_ptr<BronzeRows> feeder = BronzeRows::of_channel(channel, venue);
  if (!feeder) return std::unique_ptr<BronzeStream>();
  const auto wanted = feeder->columns();
  DAEDALUS_TRY(ParquetReader reader,
               ParquetReader::open(path, std::vector<std::string>(wanted.begin(), wanted.end())));
  std::unique_ptr<BronzeStream> stream(
      new BronzeStream(std::move(reader), std::move(feeder), path));
  if (stream->reader_.rows() != rows) {
    return fail(ErrorKind::malformed,
                "damaged Parquet file {}: it holds {} rows, its segment's record says {}", path,
                stream->reader_.rows(), rows);
  }
  DAEDALUS_OK(stream->load_next_group());
  return stream;
}

Result<void> BronzeStream::load_next_group() {
  row_ = rows_ = 0;
  while (rows_ == 0 && next_group_ < reader_.row_groups()) {
    DAEDALUS_OK(reader_.read_row_group(next_group_++, table_));
    rows_ = table_.rows();
  }
  if (rows_ == 0) return {};
  if (auto bound = feeder_->bind(table_); !bound) {
    return with_context(std::move(bound).error(), "damaged Parquet file {}", path_);
  }
  return {};
}

Result<void> BronzeStream::advance() {
  last_ = position();
  if (++row_ == rows_) DAEDALUS_OK(load_next_group());
  if (!at_end() && position() <= last_) {
    return fail(ErrorKind::malformed, "damaged Parquet file {}: rows out of order at recv_seq {}",
                path_, position().second);
  }
  return {};
}

}  // namespace daedalus
