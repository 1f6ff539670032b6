#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "daedalus/base/time.hpp"
#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// What rows of silver/trades and silver/ticker pass on of how their bronze row was received:
/// info_json, capture_time_ns, recv_seq, exchange_time_us, symbol_native, source, kind.
struct Received {
  std::string_view info_json;
  UnixNanos capture_time;
  int64_t recv_seq = 0;
  std::optional<int64_t> exchange_time_us;
  std::string_view symbol_native;
  std::string_view source;
  std::string_view kind;
};

/// `kinds`: what `kind` may be there.
std::vector<FeatureColumn> received_columns(std::string_view kinds);
void write_received(const Received& received, RowWriter& row);

}  // namespace daedalus
