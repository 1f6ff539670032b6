#include "daedalus/bronze/seal.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "daedalus/base/file.hpp"
#include "daedalus/base/version.hpp"
#include "daedalus/storage/publisher.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kJournalSuffix = ".ndjson.zst";
constexpr int64_t kBytesPerMb = 1 << 20;

std::string journal_path(const std::string& folder, std::string_view segment) {
  return fmt::format("{}/{}{}", folder, segment, kJournalSuffix);
}

/// Takes the rows of a segment whose journal is published as it is.
class NoRows final : public RowSink {
  void on_book_row(const RowKey&, BookRowKind, const BookMessage&) override {}
  void on_trade_row(const RowKey&, const Trade&) override {}
  void on_ticker_row(const RowKey&, const Ticker&) override {}
  void on_gap_row(const RowKey&, const GapRow&) override {}
  void on_other_row(const RowKey&, const OtherMessage&) override {}
  void on_instrument_row(const RowKey&, const Instrument&) override {}
};

Result<void> empty_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (error) return fail(ErrorKind::io, "cannot remove {}: {}", folder, error.message());
  return {};
}

Metadata metadata_of(const SegmentRecord& record, const Partition& partition) {
  return {{std::string(kSegmentKey), record.segment},
          {std::string(kOpenedKey), std::to_string(record.opened_ns)},
          {std::string(kClosedKey), std::to_string(record.closed_ns)},
          {std::string(kPriceDecimalsKey), std::to_string(partition.price_decimals)},
          {std::string(kSizeDecimalsKey), std::to_string(partition.size_decimals)},
          {std::string(kWriterKey), std::string(kWriter)}};
}

struct FirstUnparsable final : StreamObserver {
  void on_unparsable(int64_t, const Error& error) override {
    if (reason.empty()) reason = error.message;
  }
  std::string reason;
};

}  // namespace

Result<SealedSegment> Sealer::seal(const std::string& segment) {
  const std::string active = options_.root.active(options_.source);
  Place place{.segment = segment,
              .journal = journal_path(active, segment),
              .files_folder = options_.root.ready(options_.source),
              .records_folder = options_.root.ready_records(options_.source),
              .staging_folder = active + '/' + segment + ".sealing"};
  const std::string published = journal_path(place.files_folder, segment);
  if (options_.raw_format == "ndjson" && !path_exists(place.journal) && path_exists(published)) {
    place.journal = published;
  }
  auto sealed = run(place);
  if (!sealed) {
    interpreter_.reset();
    return with_context(std::move(sealed).error(), "sealing {}", place.journal);
  }
  DAEDALUS_OK(release(sealed->record));
  return sealed;
}

Result<SealedSegment> Sealer::seal_again(const std::string& segment) {
  const std::string& source = options_.source;
  const std::string records = folder_of_record(options_.root, source, segment);
  const bool is_archived = records == options_.root.archive_records(source);
  if (!is_archived && records != options_.root.ready_records(source)) {
    return fail(ErrorKind::unavailable, "{}: its record is {}", segment,
                records.empty() ? "gone: it was processed and deleted" : "being processed");
  }
  const Place place{
      .segment = segment,
      .journal = journal_path(options_.root.journal(source), segment),
      .files_folder = is_archived ? options_.root.archive(source) : options_.root.ready(source),
      .records_folder = records,
      .staging_folder = options_.root.active(source) + '/' + segment + ".sealing",
      .needs_state = true};
  auto sealed = run(place);
  if (sealed) return sealed;
  interpreter_.reset();
  return with_context(std::move(sealed).error(), "sealing {}", place.journal);
}

Result<std::string> Sealer::restore_before(const SegmentHeader& header) {
  if (interpreter_ && last_segment_ == header.previous_segment) return std::string();
  interpreter_.emplace(*options_.exchange, options_.interpreter);
  if (header.previous_segment.empty()) return std::string();
  DAEDALUS_TRY(const auto state,
               load_seal_state(options_.root, options_.source, header.previous_segment));
  if (!state) {
    return fmt::format("{}: the state behind {} is not there: its books begin anew", header.segment,
                       header.previous_segment);
  }
  DAEDALUS_TRY(interpreter_,
               Interpreter::restore(*options_.exchange, options_.interpreter, state->interpreter));
  return std::string();
}

SegmentRecord Sealer::begin_record(const SegmentHeader& header, const Record& first) const {
  SegmentRecord record;
  record.segment = header.segment;
  record.source = options_.source;
  record.exchange = std::string(options_.exchange->name);
  record.writer = std::string(kWriter);
  record.previous_segment = header.previous_segment;
  record.raw_format = options_.raw_format;
  record.opened_ns = header.opened_ns;
  record.closed_ns = header.opened_ns;
  record.first_frame_seq = first.frame_seq;
  record.last_frame_seq = first.frame_seq;
  record.records = 1;
  return record;
}

Result<SealedSegment> Sealer::run(const Place& place) {
  DAEDALUS_TRY(SegmentReader journal, SegmentReader::open(place.journal));
  DAEDALUS_TRY(const Record* first, journal.next());
  if (!first || first->type != RecordType::segment) {
    return fail(ErrorKind::malformed, "its first line is no segment line");
  }
  DAEDALUS_TRY(const SegmentHeader header, parse_segment_header(first->detail));
  if (header.segment != place.segment) {
    return fail(ErrorKind::malformed, "its first line is of {}", header.segment);
  }
  SealedSegment sealed;
  DAEDALUS_TRY(sealed.warning, restore_before(header));
  if (!sealed.warning.empty() && place.needs_state) {
    return fail(ErrorKind::unavailable, "{}", sealed.warning);
  }
  interpreter_->reset_frame_counts();
  SegmentRecord& record = sealed.record = begin_record(header, *first);
  const UnixNanos opened{header.opened_ns};
  RowTables tables({.exchange = record.exchange,
                    .source = options_.source,
                    .hour = floor_to(opened, kNanosPerHour),
                    .book_images = options_.book_images,
                    .max_orderbook_depth = options_.max_orderbook_depth},
                   *options_.exchange, *interpreter_);
  DAEDALUS_OK(empty_folder(place.staging_folder));
  if (header.first_of_hour && record.raw_format != "ndjson") {
    interpreter_->write_checkpoints(opened, first->frame_seq, tables);
  }
  DAEDALUS_OK(fold(place, journal, tables, sealed));
  record.torn_bytes = journal.torn_bytes();
  record.frames = interpreter_->frame_counts();
  DAEDALUS_OK(write_files(place, tables, record));
  DAEDALUS_OK(publish_record(place, record));
  return sealed;
}

/// The state first, then the record: through it the segment exists.
Result<void> Sealer::publish_record(const Place& place, const SegmentRecord& record) {
  DAEDALUS_OK(save_seal_state(options_.root, options_.source,
                              {.segment = record.segment,
                               .last_frame_seq = record.last_frame_seq,
                               .closed = {record.closed_ns},
                               .interpreter = interpreter_->save()}));
  DAEDALUS_OK(make_folders(place.records_folder));
  DAEDALUS_OK(publish_file(place.records_folder + '/' + record.segment + ".json", to_json(record)));
  last_segment_ = record.segment;
  return {};
}

Result<void> Sealer::fold(const Place& place, SegmentReader& journal, RowTables& tables,
                          SealedSegment& sealed) {
  SegmentRecord& record = sealed.record;
  NoRows no_rows;
  FirstUnparsable observer;
  RowSink& rows = record.raw_format == "ndjson" ? static_cast<RowSink&>(no_rows) : tables;
  const auto limit = static_cast<size_t>(options_.seal_memory_mb * kBytesPerMb);
  const int64_t hour = floor_divide(record.opened_ns, kNanosPerHour);
  while (true) {
    DAEDALUS_TRY(const Record* next, journal.next());
    if (!next) {
      sealed.first_unparsable = std::move(observer.reason);
      return {};
    }
    record.records += 1;
    record.last_frame_seq = next->frame_seq + frame_numbers_taken(*next) - 1;
    const int64_t time_ns = next->capture_time.value;
    if (next->type == RecordType::close) {
      record.closed_ns = time_ns;
      continue;
    }
    record.closed_ns = time_ns + 1;
    if (floor_divide(time_ns, kNanosPerHour) != hour) {
      return fail(ErrorKind::malformed, "record {} lies outside the segment's hour",
                  next->frame_seq);
    }
    interpreter_->apply(*next, rows, observer);
    if (tables.bytes() <= limit) continue;
    while (tables.bytes() > limit / 2) DAEDALUS_OK(spill(place, tables, *tables.largest()));
  }
}

Result<void> Sealer::spill(const Place& place, RowTables& tables, Partition& partition) {
  if (!partition.writer) {
    DAEDALUS_OK(make_folders(place.staging_folder));
    partition.staged =
        fmt::format("{}/{}.parquet{}", place.staging_folder, ++staged_files_, kTemporarySuffix);
    DAEDALUS_TRY(partition.writer, ParquetWriter::open(partition.staged, partition.table.schema));
  }
  DAEDALUS_OK(partition.writer->write(partition.table));
  partition.table = Table(partition.table.schema);
  tables.forget_bytes(partition);
  return {};
}

Result<void> Sealer::write_files(const Place& place, RowTables& tables, SegmentRecord& record) {
  Publisher publisher;
  if (record.raw_format == "ndjson") {
    DAEDALUS_OK(
        publisher.rename_or_done(place.journal, journal_path(place.files_folder, record.segment)));
    return publisher.sync();
  }
  const UnixNanos opened{record.opened_ns};
  for (auto& [name, partition] : tables.partitions()) {
    DAEDALUS_OK(spill(place, tables, partition));
    DAEDALUS_TRY(const WrittenFile file, partition.writer->close(metadata_of(record, partition)));
    partition.writer.reset();
    const std::string path =
        fmt::format("{}/{}/{}.parquet", partition.folder,
                    hour_partition(record.exchange, partition.symbol, opened), record.segment);
    DAEDALUS_OK(publisher.rename(partition.staged, place.files_folder + '/' + path));
    record.files.push_back({.path = path,
                            .channel = partition.folder,
                            .exchange = record.exchange,
                            .symbol = partition.symbol,
                            .rows = file.rows,
                            .bytes = file.bytes,
                            .xxh3_128 = file.xxh3_128});
  }
  DAEDALUS_OK(publisher.sync());
  return empty_folder(place.staging_folder);
}

Result<void> Sealer::release(const SegmentRecord& record) {
  const std::string journal = journal_path(options_.root.active(options_.source), record.segment);
  const std::string kept = options_.root.journal(options_.source);
  const UnixNanos now{record.closed_ns};
  const auto& retention_s = options_.journal_retention_s;
  if (path_exists(journal)) {
    if (retention_s && *retention_s == 0) {
      DAEDALUS_OK(remove_file(journal));
    } else {
      if (record.torn_bytes > 0) DAEDALUS_OK(cut_torn_tail(journal));
      DAEDALUS_OK(make_folders(kept));
      DAEDALUS_OK(rename_durably(journal, journal_path(kept, record.segment)));
    }
  }
  if (retention_s) {
    DAEDALUS_TRY(const auto segments, journals_in(kept));
    for (const std::string& segment : segments) {
      const int64_t age_ns = now.value - parse_segment_name(segment)->hour.value - kNanosPerHour;
      if (age_ns <= *retention_s * kNanosPerSecond) break;
      DAEDALUS_OK(remove_file(journal_path(kept, segment)));
    }
  }
  return trim_seal_states(options_.root, options_.source, now, retention_s);
}

}  // namespace daedalus
