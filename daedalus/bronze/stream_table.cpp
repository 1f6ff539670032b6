#include "daedalus/bronze/stream_table.hpp"

#include "daedalus/base/hash.hpp"
#include "daedalus/market/symbol.hpp"

namespace daedalus {
namespace {

constexpr size_t kLongestSymbol = 64;

/// A folder will be called so.
bool can_be_symbol(std::string_view text) {
  if (text.empty() || text.size() > kLongestSymbol || text.front() == '.') return false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f || c == '/' || c == '\\' || c == '=') return false;
  }
  return true;
}

std::string canonical_name(const Exchange& exchange, std::string_view native) {
  const std::optional<Instrument> instrument = exchange.instrument_of(native);
  const std::string symbol = instrument ? instrument->symbol : canonical_symbol(native);
  return exchange.merged_symbol ? exchange.merged_symbol(symbol) : symbol;
}

}  // namespace

bool RecentTrades::insert(const Trade& trade, int64_t limit) {
  if (trade.trade_id.empty()) return true;
  const uint64_t id = xxh3_64(trade.trade_id) + (trade.is_aggregate ? 1 : 0);
  if (!known_.insert(id).second) return false;
  order_.push_back(id);
  while (static_cast<int64_t>(order_.size()) > limit) {
    known_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

void RecentTrades::save(StateWriter& out) const {
  out.integer(order_.size());
  for (const uint64_t id : order_) out.integer(id);
}

void RecentTrades::load(StateReader& in) {
  order_.clear();
  known_.clear();
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    order_.push_back(in.integer<uint64_t>());
    known_.insert(order_.back());
  }
}

std::optional<int> StreamTable::find_native(std::string_view native) const {
  if (last_native_ >= 0 && natives[last_native_].key.symbol_native == native) return last_native_;
  const auto found = native_index_.find(native);
  if (found == native_index_.end()) return std::nullopt;
  last_native_ = found->second;
  return found->second;
}

std::optional<int> StreamTable::find_or_add_native(std::string_view native) {
  if (const auto found = find_native(native)) return found;
  if (!can_be_symbol(native)) return std::nullopt;
  const std::string name = canonical_name(*exchange_, native);
  if (!can_be_symbol(name)) return std::nullopt;
  auto symbol = symbol_index_.find(name);
  if (symbol == symbol_index_.end()) {
    symbol = symbol_index_.emplace(name, static_cast<int>(symbols.size())).first;
    symbols.push_back({.name = name});
  }
  const int index = static_cast<int>(natives.size());
  NativeSymbol entry;
  entry.key.symbol = name;
  entry.key.symbol_native = std::string(native);
  entry.symbol = symbol->second;
  natives.push_back(std::move(entry));
  native_index_.emplace(std::string(native), index);
  return index;
}

int StreamTable::stream_index(int native, Channel channel) {
  int& index = symbols[natives[native].symbol].streams[static_cast<size_t>(channel)];
  if (index < 0) {
    index = static_cast<int>(streams.size());
    Stream& stream = streams.emplace_back();
    stream.subscription = {natives[native].key.symbol_native, channel};
    stream.native = native;
  }
  return index;
}

Stream& StreamTable::stream_of(int native, Channel channel) {
  return streams[stream_index(native, channel)];
}

bool same_instrument(const Instrument& a, const Instrument& b) {
  return a.symbol_native == b.symbol_native && a.symbol == b.symbol && a.base == b.base &&
         a.quote == b.quote && a.size_unit == b.size_unit && a.contract_size == b.contract_size &&
         a.price_tick == b.price_tick && a.size_tick == b.size_tick;
}

}  // namespace daedalus
