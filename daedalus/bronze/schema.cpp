#include "daedalus/bronze/schema.hpp"

#include <array>
#include <initializer_list>

namespace daedalus {
namespace {

using enum ColumnType;

/// What every table begins with, and (after its own columns) goes on with.
const Schema kFirst = {{"collected_at", int64}, {"capture_ts", timestamp_us},
                       {"exchange", utf8},      {"symbol", utf8},
                       {"year", int32},         {"month", int32},
                       {"day", int32},          {"hour", int32}};
const Schema kLast = {{"capture_time_ns", int64},
                      {"recv_seq", int64},
                      {"exchange_time_us", int64},
                      {"symbol_native", utf8},
                      {"source", utf8}};

Schema schema_of(std::initializer_list<ColumnSpec> own, std::initializer_list<ColumnSpec> behind) {
  Schema schema = kFirst;
  schema.insert(schema.end(), own.begin(), own.end());
  schema.insert(schema.end(), kLast.begin(), kLast.end());
  schema.insert(schema.end(), behind.begin(), behind.end());
  return schema;
}

const std::array<Schema, 6>& schemas() {
  static const std::array<Schema, 6> kSchemas = {
      schema_of({{"timestamp", int64}, {"nonce", int64}, {"bids", levels}, {"asks", levels}},
                {{"kind", utf8}, {"first_sequence", int64}, {"last_sequence", int64}}),
      schema_of({{"trade_id", utf8},
                 {"timestamp", int64},
                 {"side", utf8},
                 {"price", float64},
                 {"amount", float64},
                 {"cost", float64},
                 {"info_json", utf8}},
                {{"kind", utf8}, {"aggregate", boolean}, {"taker_side_source", utf8}}),
      schema_of({{"bid", float64},
                 {"ask", float64},
                 {"bid_volume", float64},
                 {"ask_volume", float64},
                 {"last", float64},
                 {"open", float64},
                 {"high", float64},
                 {"low", float64},
                 {"close", float64},
                 {"vwap", float64},
                 {"base_volume", float64},
                 {"quote_volume", float64},
                 {"change", float64},
                 {"percentage", float64},
                 {"timestamp", int64},
                 {"info_json", utf8}},
                {{"kind", utf8}}),
      schema_of({}, {{"gap_id", int64},
                     {"edge", utf8},
                     {"channel", utf8},
                     {"kind", utf8},
                     {"expected", int64},
                     {"received", int64},
                     {"frames_affected", int64},
                     {"recovered_by", utf8},
                     {"detail", utf8}}),
      schema_of({{"base", utf8},
                 {"quote", utf8},
                 {"size_unit", utf8},
                 {"contract_size", float64},
                 {"price_tick", float64},
                 {"size_tick", float64}},
                {}),
      schema_of({{"type", utf8}, {"method", utf8}, {"data_json", utf8}}, {}),
  };
  return kSchemas;
}

}  // namespace

const Schema& bronze_schema(BronzeTable table) {
  return schemas()[static_cast<size_t>(table)];
}

size_t own_columns(BronzeTable table) {
  constexpr size_t kOwn[] = {4, 7, 16, 0, 6, 3};
  return kOwn[static_cast<size_t>(table)];
}

std::string_view bronze_table_name(BronzeTable table) {
  constexpr std::string_view kNames[] = {"orderbook", "trades",      "ticker",
                                         "gaps",      "instruments", "other"};
  return kNames[static_cast<size_t>(table)];
}

}  // namespace daedalus
