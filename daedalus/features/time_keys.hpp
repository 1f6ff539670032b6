#pragma once

#include "daedalus/base/time.hpp"
#include "daedalus/features/engine.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// What every table begins with: collected_at ... hour, of a moment.
std::vector<FeatureColumn> key_columns();
/// hour_of_day, day_of_week, is_weekend.
std::vector<FeatureColumn> calendar_columns();

/// Writes the columns that follow from a moment. Remembers the last hour's calendar.
class TimeKeys {
 public:
  void write_keys(UnixNanos moment, const EngineKey& key, RowWriter& row);
  const CivilTime& civil(UnixNanos moment);
  void write_calendar(UnixNanos moment, RowWriter& row);

 private:
  int64_t hour_ = -1;
  CivilTime civil_;
};

Schema schema_of(const std::vector<FeatureColumn>& columns);

}  // namespace daedalus
