#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/exchanges/exchange.hpp"
#include "daedalus/exchanges/json_reader.hpp"

namespace daedalus {

/// What Coinbase's two feeds have in common: product ids, sides, subscribe frames, product lists.

/// The taker's side of a trade; Coinbase names the maker's. Absent for other text.
std::optional<Side> coinbase_taker_side(std::string_view maker_side_token);

std::string coinbase_native_symbol(std::string_view symbol);
std::optional<Instrument> coinbase_instrument_of(std::string_view symbol_native);
/// USDC books are the USD books: one symbol for both.
std::string coinbase_merged_symbol(std::string_view symbol);

/// The product ids that a text for people mentions.
std::vector<std::string> coinbase_products_in(std::string_view text);

/// The symbol, if all `"product_id"`s of a frame are the same; else empty.
std::string coinbase_only_product(std::string_view payload);

/// One channel's name at a feed.
struct CoinbaseChannel {
  Channel channel;
  std::string_view name;
};

/// How a feed asks for streams.
struct CoinbaseRequestStyle {
  std::string_view exchange;
  std::span<const ChannelRule> rules;
  std::span<const CoinbaseChannel> names;  ///< A channel's first entry is what is asked for.
  std::string_view heartbeat;              ///< Asked for as well: quiet channels close without.
  size_t products_per_message = 100;
  std::string (*request_text)(std::string_view channel, std::span<const std::string> products);
};
/// One channel a frame. Errors: config, for text that is no product id.
Result<std::vector<SubscribeFrame>> coinbase_subscribe(const CoinbaseRequestStyle& style,
                                                       std::span<const Subscription> wanted);

/// `["BTC-USD","ETH-USD"]`
std::string coinbase_product_array(std::span<const std::string> products);

/// The `channel` or `channels` of a frame times its products.
ClientRequest coinbase_read_channels(std::string_view frame,
                                     std::span<const CoinbaseChannel> names);

/// Reads subscribe and unsubscribe of both feeds: `channel` or `channels`, the products beside it
/// or inside a channel's object. Channels that have no Channel of ours are `other`.
std::optional<ClientRequest> coinbase_read_request(std::string_view frame,
                                                   std::span<const CoinbaseChannel> names);

/// The failure, but not "not JSON" where only the shape is unknown.
Failure coinbase_explain(Error error, std::string_view payload, std::string_view exchange);

/// Names of the fields of a product in the two REST answers.
struct CoinbaseProductKeys {
  std::string_view id, base, quote, price_tick, size_tick;
};
/// Errors: malformed.
Result<void> coinbase_read_products(JsonArray products, const CoinbaseProductKeys& keys,
                                    EventSink& out);

}  // namespace daedalus
