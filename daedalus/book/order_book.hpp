#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/base/serialize.hpp"
#include "daedalus/book/price_levels.hpp"
#include "daedalus/market/events.hpp"

namespace daedalus {

/// A level in the book's own exact units: price * 10^price_scale, size * 10^size_scale.
struct BookLevel {
  int64_t price = 0;
  int64_t size = 0;

  bool operator==(const BookLevel&) const = default;
};

/// What one level of an event did to a book.
struct BookChange {
  Side side = Side::buy;
  int64_t price = 0;
  int64_t before = 0;  ///< Its size; 0: there was none.
  int64_t after = 0;
};

enum class BookState { ok, locked, crossed, one_sided, unsynced };
std::string_view book_state_name(BookState state);

/// A full-depth price-level book, exact: integers at the finest scale seen so far (it only grows).
/// Knows nothing of sequences or time.
class OrderBook {
 public:
  /// A snapshot replaces all levels; a delta sets or (size 0) removes its levels. Errors:
  /// malformed, for a negative or zero price, a negative size, or more digits than 18 at one scale;
  /// the book is then as it was before the message.
  Result<void> apply(const BookMessage& message);
  /// The same level by level, in the units below. Size 0 removes; removing an unknown price does
  /// nothing. Gives the size at that price before, 0 if it was no level.
  int64_t set_level(Side side, BookLevel level) {
    return of(side).set(key_of(side, level.price), level.size);
  }
  /// The same for each of `levels` in turn; `before` gets their sizes before. Faster where prices
  /// are in order.
  void set_levels(Side side, std::span<const BookLevel> levels, int64_t* before);
  /// All levels of a side anew: each of a size, in strict order, the best first. Appends what that
  /// changes, from the best on.
  void replace_side(Side side, std::span<const BookLevel> best_first,
                    std::vector<BookChange>& changes);
  void clear();

  int price_scale() const { return price_scale_; }
  int size_scale() const { return size_scale_; }
  /// Rescales all levels so that at least so many decimals fit. Errors: malformed (18 digits).
  Result<void> raise_scales(int price_scale, int size_scale);

  size_t levels(Side side) const { return of(side).size(); }
  std::optional<BookLevel> best(Side side) const {
    const PriceLevels& levels = of(side);
    if (levels.empty()) return std::nullopt;
    return BookLevel{price_of(side, levels.best_key()), levels.best_size()};
  }
  /// Up to `count` levels from the best on, appended.
  void copy_top(Side side, size_t count, std::vector<BookLevel>& out) const;
  /// Calls `visit(const BookLevel&)` from the best level on until it returns false.
  template <class Visit>
  void walk(Side side, Visit&& visit) const {
    of(side).walk(
        [&](int64_t key, int64_t size) { return visit(BookLevel{price_of(side, key), size}); });
  }
  /// Size at a price; 0 if it is no level.
  int64_t size_at(Side side, int64_t price) const;

  /// ok, locked, crossed or one_sided; whether it is synced others know.
  BookState state() const;
  /// Of all levels of both sides, independent of scale.
  uint64_t hash() const;

  void save(StateWriter& out) const;
  static Result<OrderBook> load(StateReader& in);

 private:
  /// Best last: bids by price, asks by its negative. Its own inverse.
  static int64_t key_of(Side side, int64_t price) { return side == Side::buy ? price : -price; }
  static int64_t price_of(Side side, int64_t key) { return side == Side::buy ? key : -key; }
  PriceLevels& of(Side side) { return side == Side::buy ? bids_ : asks_; }
  const PriceLevels& of(Side side) const { return side == Side::buy ? bids_ : asks_; }

  /// Whether all of the message fits as it is, at the present scales. Errors: see apply.
  Result<bool> fits(const BookMessage& message) const;
  Result<void> make_room(const BookMessage& message);

  PriceLevels bids_;
  PriceLevels asks_;
  int price_scale_ = 0;
  int size_scale_ = 0;
};

}  // namespace daedalus
