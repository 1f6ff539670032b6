#include "daedalus/features/bars.hpp"

namespace daedalus {

void OpenHighLowClose::write_prices(RowWriter& row, double factor) const {
  for (const auto& value : {open, high, low, close}) {
    row.number(value ? to_double(*value) * factor : kNull);
  }
}

void OpenHighLowClose::write_changes(RowWriter& row, double factor) const {
  if (!open) return row.nulls(3);
  row.number(relative_change(*close, *open));
  row.number(log_return(*close, *open));
  row.number(to_double(difference(*high, *low)) * factor);
}

void OpenHighLowClose::save(StateWriter& out) const {
  for (const auto& value : {open, high, low, close}) save_decimal(out, value);
}

OpenHighLowClose OpenHighLowClose::load(StateReader& in) {
  OpenHighLowClose loaded;
  for (auto* value : {&loaded.open, &loaded.high, &loaded.low, &loaded.close}) {
    *value = load_decimal(in);
  }
  if (!loaded.high || !loaded.low || !loaded.close) loaded.open.reset();
  return loaded;
}

std::vector<FeatureColumn> price_columns(std::string_view of_what) {
  std::vector<FeatureColumn> columns = {
      {"open", "quote", "first value of an event inside the bar"},
      {"high", "quote", "greatest value over its events"},
      {"low", "quote", "least value over its events"},
      {"close", "quote", "last value of an event inside the bar"}};
  for (FeatureColumn& column : columns) column.source = of_what;
  return columns;
}

std::vector<FeatureColumn> change_columns() {
  return {{"return", "1", "close / open - 1"},
          {"log_return", "1", "ln(close / open)"},
          {"range", "quote", "high - low"}};
}

std::vector<FeatureColumn> closing_columns() {
  return {{"bar_duration_sec", "s", "length of the window", "", ColumnType::int64},
          {"is_complete", "1", "the bar is closed", "", ColumnType::boolean}};
}

}  // namespace daedalus
