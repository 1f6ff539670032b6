#include "daedalus/exchanges/binance_instruments.hpp"

#include "daedalus/exchanges/binance_protocol.hpp"
#include "daedalus/exchanges/json_reader.hpp"

namespace daedalus {
namespace {

using simdjson::dom::element;

std::string_view text_at(element object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return {};
  return text;
}

/// A filter's step; absent where the venue has none ("0.00000000" means that too).
std::optional<Decimal> step_of(element symbol, std::string_view filter_type, std::string_view key) {
  simdjson::dom::array filters;
  if (symbol["filters"].get(filters) != simdjson::SUCCESS) return std::nullopt;
  for (const element filter : filters) {
    if (text_at(filter, "filterType") != filter_type) continue;
    const auto step = parse_decimal(text_at(filter, key));
    if (step && step->mantissa > 0) return step;
  }
  return std::nullopt;
}

}  // namespace

Result<void> binance_read_instruments(std::string_view venue, std::string_view body,
                                      EventSink& out) {
  simdjson::dom::parser parser;
  simdjson::dom::array symbols;
  if (parser.parse(body.data(), body.size())["symbols"].get(symbols) != simdjson::SUCCESS) {
    return fail(ErrorKind::malformed, "{} exchangeInfo: no list of symbols", venue);
  }
  for (const element symbol : symbols) {
    const std::string_view native = text_at(symbol, "symbol");
    auto instrument = binance_instrument_of(native);
    if (!instrument) {
      return fail(ErrorKind::malformed, "{} exchangeInfo: no symbol: \"{}\"", venue,
                  native.substr(0, 64));
    }
    const std::string_view base = text_at(symbol, "baseAsset");
    const std::string_view quote = text_at(symbol, "quoteAsset");
    if (!base.empty() && !quote.empty()) {
      instrument->base = base;
      instrument->quote = quote;
      instrument->symbol = instrument->base + "-" + instrument->quote;
      const size_t date_at = native.find('_');
      if (date_at != std::string_view::npos) {
        instrument->symbol += '-';
        instrument->symbol += native.substr(date_at + 1);
      }
    }
    instrument->price_tick = step_of(symbol, "PRICE_FILTER", "tickSize");
    instrument->size_tick = step_of(symbol, "LOT_SIZE", "stepSize");
    out.on_instrument(*instrument);
  }
  return {};
}

}  // namespace daedalus
