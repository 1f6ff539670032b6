#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/base/serialize.hpp"
#include "daedalus/market/events.hpp"

namespace daedalus {

/// A level in the book's own exact units: price * 10^price_scale, size * 10^size_scale.
struct BookLevel {
  int64_t price = 0;
  int64_t size = 0;

  bool operator==(const BookLevel&) const = default;
};

enum class BookState { ok, locked, crossed, one_sided, unsynced };
std::string_view book_state_name(BookState state);

/// A full-depth price-level book, exact: integers at the finest scale seen so far (it only grows).
/// Knows nothing of sequences or time.
class OrderBook {
 public:
  /// A snapshot replaces all levels; a delta sets or (size 0) removes its levels. Errors: malformed,
  /// for a negative or zero price, a negative size, or more digits than 18 at one scale; the book is
  /// then as it was before the message.
  Result<void> apply(const BookMessage& message);
  /// The same level by level, in the units below. Size 0 removes; removing an unknown price does nothing.
  void set_level(Side side, BookLevel level);
  void clear();

  int price_scale() const;
  int size_scale() const;
  /// Rescales all levels so that at least so many decimals fit. Errors: malformed (18 digits).
  Result<void> raise_scales(int price_scale, int size_scale);

  size_t levels(Side side) const;
  std::optional<BookLevel> best(Side side) const;
  /// Up to `count` levels from the best on, appended.
  void copy_top(Side side, size_t count, std::vector<BookLevel>& out) const;
  /// Calls `visit(const BookLevel&)` from the best level on until it returns false.
  template <class Visit>
  void walk(Side side, Visit&& visit) const;
  /// Size at a price; 0 if it is no level.
  int64_t size_at(Side side, int64_t price) const;

  /// ok, locked, crossed or one_sided; whether it is synced others know.
  BookState state() const;
  /// Of all levels of both sides, independent of scale.
  uint64_t hash() const;

  void save(StateWriter& out) const;
  static Result<OrderBook> load(StateReader& in);
};

}  // namespace daedalus
