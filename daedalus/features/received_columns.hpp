#pragma once

#include <string_view>
#include <vector>

#include "daedalus/features/feature_column.hpp"
#include "daedalus/features/row_writer.hpp"

namespace daedalus {

/// What rows of silver/trades and silver/ticker pass on of how their bronze row was received:
/// info_json, capture_time_ns, recv_seq, exchange_time_us, symbol_native, source, kind. `kinds`:
/// what `kind` may be there.
std::vector<FeatureColumn> received_columns(std::string_view kinds);

/// Of a TradeInput or a TickerInput.
template <class Input>
void write_received(const Input& input, std::string_view source, std::string_view kind,
                    RowWriter& row) {
  row.text_or_null(input.info_json);
  row.integer(input.capture_time.value);
  row.integer(input.recv_seq);
  row.integer(input.exchange_time_us);
  row.text(input.symbol_native);
  row.text(source);
  row.text(kind);
}

}  // namespace daedalus
