#include "daedalus/features/time_keys.hpp"

namespace daedalus {

std::vector<FeatureColumn> key_columns() {
  return {{"collected_at", "ms", "the moment in Unix ms, floored", "", ColumnType::int64},
          {"capture_ts", "us", "the moment in UTC, floored", "", ColumnType::timestamp_us},
          {"exchange", "name", "the venue", "", ColumnType::utf8},
          {"symbol", "name", "canonical, BTC-USD", "", ColumnType::utf8},
          {"year", "1", "of the moment, UTC", "", ColumnType::int32},
          {"month", "1", "of the moment, UTC", "", ColumnType::int32},
          {"day", "1", "of the moment, UTC", "", ColumnType::int32},
          {"hour", "1", "of the moment, UTC", "", ColumnType::int32}};
}

std::vector<FeatureColumn> calendar_columns() {
  return {{"hour_of_day", "h", "0-23, UTC", "", ColumnType::int32},
          {"day_of_week", "1", "0 = Monday, UTC", "", ColumnType::int32},
          {"is_weekend", "1", "Saturday or Sunday, UTC", "", ColumnType::boolean}};
}

const CivilTime& TimeKeys::civil(UnixNanos moment) {
  const int64_t hour = floor_divide(moment.value, kNanosPerHour);
  if (hour != hour_) {
    civil_ = to_civil(moment);
    hour_ = hour;
  }
  return civil_;
}

void TimeKeys::write_keys(UnixNanos moment, const EngineKey& key, RowWriter& row) {
  const CivilTime& time = civil(moment);
  row.integer(floor_divide(moment.value, 1'000'000));
  row.integer(floor_divide(moment.value, 1'000));
  row.text(key.exchange);
  row.text(key.symbol);
  row.integer(time.year);
  row.integer(time.month);
  row.integer(time.day);
  row.integer(time.hour);
}

void TimeKeys::write_calendar(UnixNanos moment, RowWriter& row) {
  const CivilTime& time = civil(moment);
  row.integer(time.hour);
  row.integer(time.day_of_week);
  row.boolean(time.day_of_week >= 5);
}

Schema schema_of(const std::vector<FeatureColumn>& columns) {
  Schema schema;
  for (const FeatureColumn& column : columns) schema.push_back({column.name, column.type});
  return schema;
}

}  // namespace daedalus
