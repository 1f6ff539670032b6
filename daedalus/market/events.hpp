#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daedalus/market/channel.hpp"
#include "daedalus/market/decimal.hpp"
#include "daedalus/market/side.hpp"

namespace daedalus {

/// What exchanges say, in one vocabulary. Symbols are the venue's own (`symbol_native`); prices are
/// in quote, sizes and amounts in the venue's own unit; all digits as sent.

/// Exchange time as the venue wrote it; never used for ordering.
struct ExchangeTime {
  std::optional<int64_t> timestamp_ms;  ///< Transaction or trade time, else event time. Unix ms.
  std::optional<int64_t> exchange_us;   ///< The same moment in all digits sent. Unix us.
};

/// One price of one side. Size 0 takes the price out of the book.
struct PriceLevel {
  Decimal price;
  Decimal size;
};

/// A full image of a book (snapshot) or a set of changed levels (delta).
struct BookMessage {
  bool is_snapshot = false;
  bool from_rest = false;  ///< A REST body: deltas are spliced to it.
  std::string symbol_native;
  ExchangeTime time;
  std::optional<int64_t> first_sequence;     ///< Binance `U`.
  std::optional<int64_t> last_sequence;      ///< Binance `u`, REST `lastUpdateId`; becomes `nonce`.
  std::optional<int64_t> previous_sequence;  ///< Binance futures `pu`.
  std::vector<PriceLevel> bids;              ///< As sent, in any order.
  std::vector<PriceLevel> asks;
};

enum class TakerSideSource { venue, maker_inverted, none };

struct Trade {
  std::string symbol_native;
  std::string trade_id;  ///< Empty: the venue sends none.
  ExchangeTime time;
  std::optional<Side> taker_side;
  TakerSideSource taker_side_source = TakerSideSource::none;
  Decimal price;
  Decimal amount;
  bool is_history = false;  ///< Sent on subscribing, not as it happened (bronze kind `snapshot`).
  bool is_aggregate = false;
  std::string info_json;  ///< The venue's fields that no column holds, as a JSON object; or empty.
};

enum class TickerKind { bbo, stats_24h };

/// Absent fields are what the venue did not send.
struct Ticker {
  std::string symbol_native;
  TickerKind kind = TickerKind::bbo;
  ExchangeTime time;
  std::optional<Decimal> bid, ask, bid_volume, ask_volume;
  std::optional<Decimal> last, open, high, low, close, vwap;
  std::optional<Decimal> base_volume, quote_volume, change, percentage;
  std::optional<int64_t> sequence;  ///< Binance `u`: the book's update id.
  std::string info_json;
};

/// A message of a channel without columns of its own; kept as JSON.
struct OtherMessage {
  std::string channel;        ///< Folder name: the venue's channel in snake case.
  std::string symbol_native;  ///< Empty: the message is about no symbol.
  ExchangeTime time;
  std::string type;
  std::string method;
  std::string data_json;
};

/// What a message of a derivatives venue says besides books and trades.
struct DerivativeUpdate {
  std::optional<Decimal> mark_price;          ///< Quote.
  std::optional<Decimal> index_price;         ///< Quote.
  std::optional<Decimal> funding_rate;        ///< Of the running funding interval, as a fraction.
  std::optional<Decimal> open_interest;       ///< The venue's unit.
  std::optional<Side> liquidation_side;       ///< Of the order that closes the position.
  std::optional<Decimal> liquidation_amount;  ///< What of it was filled; the venue's unit.
};

enum class SizeUnit { base, quote, contracts };

/// What a venue's REST answer says of one instrument.
struct Instrument {
  std::string symbol_native;
  std::string symbol;  ///< Canonical, `BTC-USD`.
  std::string base;
  std::string quote;
  SizeUnit size_unit = SizeUnit::base;
  std::optional<Decimal> contract_size;
  std::optional<Decimal> price_tick;
  std::optional<Decimal> size_tick;
};

/// A stream: what a connection subscribes to.
struct Subscription {
  std::string symbol_native;
  Channel channel = Channel::orderbook;

  auto operator<=>(const Subscription&) const = default;
};

}  // namespace daedalus
