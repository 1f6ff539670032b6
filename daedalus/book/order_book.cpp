#include "daedalus/book/order_book.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace daedalus {
namespace {

constexpr int64_t kMantissaLimit = kPowersOfTen[18];

/// The decimals a value really needs: without its trailing zeros.
int needed_scale(Decimal value) {
  if (value.is_zero()) return 0;
  while (value.scale > 0 && value.mantissa % 10 == 0) {
    value.mantissa /= 10;
    --value.scale;
  }
  return value.scale;
}

/// Whether `value` is a whole mantissa of at most 18 digits at `scale`. Not negative.
bool fits_scale(const Decimal& value, int scale) {
  if (value.scale <= scale) return value.mantissa < kPowersOfTen[18 - (scale - value.scale)];
  return value.mantissa % kPowersOfTen[value.scale - scale] == 0;
}

/// The mantissa of what `fits_scale`.
int64_t at_scale(const Decimal& value, int scale) {
  if (value.scale <= scale) return value.mantissa * kPowersOfTen[scale - value.scale];
  return value.mantissa / kPowersOfTen[value.scale - scale];
}

Result<void> check_level(const PriceLevel& level) {
  if (level.price.mantissa <= 0) {
    return fail(ErrorKind::malformed, "book level's price is not above 0: {}",
                to_text(level.price));
  }
  if (level.size.mantissa < 0) {
    return fail(ErrorKind::malformed, "book level's size is negative: {}", to_text(level.size));
  }
  return {};
}

/// Then the last levels may go in first, each at the best end. Never if a price comes twice, of
/// which the later counts.
bool is_best_first(Side side, const std::vector<PriceLevel>& levels) {
  const auto not_worse = [&](const PriceLevel& a, const PriceLevel& b) {
    return side == Side::buy ? a.price <= b.price : a.price >= b.price;
  };
  return std::adjacent_find(levels.begin(), levels.end(), not_worse) == levels.end();
}

uint64_t mix(uint64_t value) {
  value ^= value >> 33;
  value *= 0xff51afd7ed558ccdULL;
  value ^= value >> 33;
  value *= 0xc4ceb9fe1a85ec53ULL;
  return value ^ (value >> 33);
}

/// Of a value as a whole number of 1e-18, which is the same at every scale.
uint64_t mix_value(uint64_t seed, int64_t mantissa, int scale) {
  const auto wide = static_cast<unsigned __int128>(mantissa) *
                    static_cast<unsigned __int128>(kPowersOfTen[kMaxDecimalScale - scale]);
  seed = mix(seed ^ static_cast<uint64_t>(wide));
  return mix(seed + static_cast<uint64_t>(wide >> 64));
}

}  // namespace

std::string_view book_state_name(BookState state) {
  switch (state) {
    case BookState::ok:
      return "ok";
    case BookState::locked:
      return "locked";
    case BookState::crossed:
      return "crossed";
    case BookState::one_sided:
      return "one_sided";
    case BookState::unsynced:
      return "unsynced";
  }
  return "unsynced";
}

Result<bool> OrderBook::fits(const BookMessage& message) const {
  bool all_fit = true;
  for (const auto* levels : {&message.bids, &message.asks}) {
    for (const PriceLevel& level : *levels) {
      DAEDALUS_OK(check_level(level));
      all_fit &= fits_scale(level.price, price_scale_) && fits_scale(level.size, size_scale_);
    }
  }
  return all_fit;
}

Result<void> OrderBook::make_room(const BookMessage& message) {
  int price_scale = price_scale_;
  int size_scale = size_scale_;
  for (const auto* levels : {&message.bids, &message.asks}) {
    for (const PriceLevel& level : *levels) {
      price_scale = std::max(price_scale, needed_scale(level.price));
      size_scale = std::max(size_scale, needed_scale(level.size));
    }
  }
  for (const auto* levels : {&message.bids, &message.asks}) {
    for (const PriceLevel& level : *levels) {
      if (fits_scale(level.price, price_scale) && fits_scale(level.size, size_scale)) continue;
      return fail(ErrorKind::malformed,
                  "book level needs more than 18 digits at {} and {} decimals: {} x {}",
                  price_scale, size_scale, to_text(level.price), to_text(level.size));
    }
  }
  if (message.is_snapshot) clear();
  return raise_scales(price_scale, size_scale);
}

Result<void> OrderBook::apply(const BookMessage& message) {
  DAEDALUS_TRY(const bool all_fit, fits(message));
  if (!all_fit) DAEDALUS_OK(make_room(message));
  if (message.is_snapshot) clear();
  for (const Side side : {Side::buy, Side::sell}) {
    const std::vector<PriceLevel>& levels = side == Side::buy ? message.bids : message.asks;
    const auto set = [&](const PriceLevel& level) {
      set_level(side, {at_scale(level.price, price_scale_), at_scale(level.size, size_scale_)});
    };
    if (message.is_snapshot && is_best_first(side, levels)) {
      std::for_each(levels.rbegin(), levels.rend(), set);
    } else {
      std::for_each(levels.begin(), levels.end(), set);
    }
  }
  return {};
}

void OrderBook::set_levels(Side side, std::span<const BookLevel> levels, int64_t* before) {
  constexpr size_t kRun = 32;
  std::array<PriceLevels::Change, kRun> changes;
  for (size_t first = 0; first < levels.size();) {
    const size_t room = std::min(kRun, levels.size() - first);
    size_t count = 1;
    const auto goes_on = [&](auto is_next) {
      while (count < room &&
             is_next(levels[first + count - 1].price, levels[first + count].price)) {
        ++count;
      }
      return count > 1;
    };
    const bool ascends = goes_on(std::less<>());
    if (!ascends) goes_on(std::greater<>());
    const bool is_reversed = ascends == (side == Side::buy);
    const auto at = [&](size_t i) { return first + (is_reversed ? count - 1 - i : i); };
    for (size_t i = 0; i < count; ++i) {
      changes[i] = {key_of(side, levels[at(i)].price), levels[at(i)].size, 0};
    }
    of(side).set_descending(std::span(changes).first(count));
    for (size_t i = 0; i < count; ++i) before[at(i)] = changes[i].before;
    first += count;
  }
}

void OrderBook::replace_side(Side side, std::span<const BookLevel> best_first,
                             std::vector<BookChange>& changes) {
  const auto replace = [&](auto key_of_price) {
    of(side).replace(
        best_first.size(), [&](size_t i) { return key_of_price(best_first[i].price); },
        [&](size_t i) { return best_first[i].size; },
        [&](int64_t key, int64_t before, int64_t after) {
          changes.push_back({side, key_of_price(key), before, after});
        });
  };
  if (side == Side::buy) return replace([](int64_t price) { return price; });
  replace([](int64_t price) { return -price; });
}

void OrderBook::clear() {
  bids_.clear();
  asks_.clear();
}

Result<void> OrderBook::raise_scales(int price_scale, int size_scale) {
  price_scale = std::max(price_scale, price_scale_);
  size_scale = std::max(size_scale, size_scale_);
  if (price_scale == price_scale_ && size_scale == size_scale_) return {};
  if (price_scale > kMaxDecimalScale || size_scale > kMaxDecimalScale) {
    return fail(ErrorKind::malformed, "book cannot hold so many decimals: {} and {}", price_scale,
                size_scale);
  }
  const int64_t price_factor = kPowersOfTen[price_scale - price_scale_];
  const int64_t size_factor = kPowersOfTen[size_scale - size_scale_];
  bool all_fit = true;
  for (const Side side : {Side::buy, Side::sell}) {
    walk(side, [&](const BookLevel& level) {
      all_fit = level.price <= (kMantissaLimit - 1) / price_factor &&
                level.size <= (kMantissaLimit - 1) / size_factor;
      return all_fit;
    });
    if (!all_fit) break;
  }
  if (!all_fit) {
    return fail(ErrorKind::malformed,
                "book's levels need more than 18 digits at {} and {} decimals", price_scale,
                size_scale);
  }
  bids_.scale_by(price_factor, size_factor);
  asks_.scale_by(price_factor, size_factor);
  price_scale_ = price_scale;
  size_scale_ = size_scale;
  return {};
}

void OrderBook::copy_top(Side side, size_t count, std::vector<BookLevel>& out) const {
  if (count == 0) return;
  walk(side, [&](const BookLevel& level) {
    out.push_back(level);
    return --count > 0;
  });
}

int64_t OrderBook::size_at(Side side, int64_t price) const {
  return of(side).size_at(key_of(side, price));
}

BookState OrderBook::state() const {
  if (bids_.empty() || asks_.empty()) return BookState::one_sided;
  const int64_t bid = bids_.best_key();
  const int64_t ask = -asks_.best_key();
  return bid < ask ? BookState::ok : bid == ask ? BookState::locked : BookState::crossed;
}

uint64_t OrderBook::hash() const {
  uint64_t sum = mix(levels(Side::buy)) + mix(~levels(Side::sell));
  for (const Side side : {Side::buy, Side::sell}) {
    walk(side, [&](const BookLevel& level) {
      const uint64_t seed = mix_value(side == Side::buy ? 1 : 2, level.price, price_scale_);
      sum += mix_value(seed, level.size, size_scale_);
      return true;
    });
  }
  return mix(sum);
}

void OrderBook::save(StateWriter& out) const {
  out.integer(price_scale_);
  out.integer(size_scale_);
  for (const Side side : {Side::buy, Side::sell}) {
    out.integer(levels(side));
    walk(side, [&](const BookLevel& level) {
      out.integer(level.price);
      out.integer(level.size);
      return true;
    });
  }
}

Result<OrderBook> OrderBook::load(StateReader& in) {
  OrderBook book;
  book.price_scale_ = in.integer<int>();
  book.size_scale_ = in.integer<int>();
  bool is_valid = book.price_scale_ >= 0 && book.price_scale_ <= kMaxDecimalScale &&
                  book.size_scale_ >= 0 && book.size_scale_ <= kMaxDecimalScale;
  for (const Side side : {Side::buy, Side::sell}) {
    std::vector<BookLevel> levels(in.count());
    for (BookLevel& level : levels) {
      level.price = in.integer();
      level.size = in.integer();
      is_valid &= level.price > 0 && level.price < kMantissaLimit && level.size > 0 &&
                  level.size < kMantissaLimit;
    }
    std::reverse(levels.begin(), levels.end());
    for (const BookLevel& level : levels) {
      const int64_t key = key_of(side, level.price);
      PriceLevels& into = book.of(side);
      is_valid &= into.empty() || into.best_key() < key;
      if (is_valid) into.append(key, level.size);
    }
  }
  if (!in.ok() || !is_valid) return fail(ErrorKind::malformed, "book's saved state is damaged");
  return book;
}

}  // namespace daedalus
