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

std::vector<FeatureColumn> price_columns(BarPrice price) {
  switch (price) {
    case BarPrice::mid:
      return {{"open", "quote", "mid of the first book event of the bar that has one"},
              {"high", "quote", "greatest mid of its book events"},
              {"low", "quote", "least mid of its book events"},
              {"close", "quote", "mid of the last book event of the bar that has one"}};
    case BarPrice::trade:
      return {{"open", "quote", "price of the bar's first trade"},
              {"high", "quote", "greatest price of its trades"},
              {"low", "quote", "least price of its trades"},
              {"close", "quote", "price of the bar's last trade"}};
    case BarPrice::tick:
      return {{"open", "quote", "mid of the first tick of the bar that has one"},
              {"high", "quote", "greatest mid of its ticks"},
              {"low", "quote", "least mid of its ticks"},
              {"close", "quote", "mid of the last tick of the bar that has one"}};
  }
  return {};
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
