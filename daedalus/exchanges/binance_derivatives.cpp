#include "daedalus/exchanges/binance_derivatives.hpp"

#include "daedalus/exchanges/json_reader.hpp"

namespace daedalus {
namespace {

std::optional<Decimal> decimal_of(std::string_view token) {
  return parse_decimal(unquoted(token));
}

DerivativeUpdate mark_price_update(const JsonFields& fields) {
  return {.mark_price = decimal_of(fields.find("p")),
          .index_price = decimal_of(fields.find("i")),
          .funding_rate = decimal_of(fields.find("r")),
          .open_interest = std::nullopt,
          .liquidation_side = std::nullopt,
          .liquidation_amount = std::nullopt};
}

/// `order`: what was filled of it is `z`; `q` is what was asked.
std::optional<DerivativeUpdate> liquidation(std::string_view order) {
  JsonDocument document;
  JsonFields fields;
  JsonObject object;
  if (open_json(std::string(order), document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS ||
      fields.collect(object) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  const std::string_view side = unquoted(fields.find("S"));
  const auto amount = decimal_of(fields.find(fields.has("z") ? "z" : "q"));
  if ((side != "BUY" && side != "SELL") || !amount || amount->mantissa <= 0) return std::nullopt;
  DerivativeUpdate update;
  update.liquidation_side = side == "BUY" ? Side::buy : Side::sell;
  update.liquidation_amount = amount;
  return update;
}

}  // namespace

std::optional<DerivativeUpdate> binance_derivative_of(std::string_view channel,
                                                      std::string_view data_json) {
  JsonDocument document;
  JsonFields fields;
  JsonObject object;
  if (open_json(data_json, document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS ||
      fields.collect(object) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (channel == "mark_price_update") return mark_price_update(fields);
  if (channel == "force_order") return liquidation(fields.find("o"));
  if (channel != "open_interest") return std::nullopt;
  DerivativeUpdate update;
  update.open_interest = decimal_of(fields.find("openInterest"));
  return update;
}

}  // namespace daedalus
