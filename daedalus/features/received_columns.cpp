#include "daedalus/features/received_columns.hpp"

namespace daedalus {

std::vector<FeatureColumn> received_columns(std::string_view kinds) {
  return {{.name = "info_json",
           .unit = "json",
           .formula = "the venue's other fields",
           .type = ColumnType::utf8,
           .null_when = "nothing more was sent"},
          {"capture_time_ns", "ns", "when it was received", "", ColumnType::int64},
          {"recv_seq", "1", "place in the order of all", "", ColumnType::int64},
          {.name = "exchange_time_us",
           .unit = "us",
           .formula = "exchange time",
           .type = ColumnType::int64,
           .null_when = "the venue sends none"},
          {"symbol_native", "name", "the venue's symbol", "", ColumnType::utf8},
          {"source", "name", "the source's", "", ColumnType::utf8},
          {"kind", "name", kinds, "", ColumnType::utf8}};
}

}  // namespace daedalus
