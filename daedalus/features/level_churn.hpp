#pragma once

#include <span>
#include <vector>

#include "daedalus/book/order_book.hpp"
#include "daedalus/features/book_image.hpp"

namespace daedalus {

/// Sizes that a step added to and took away from the ten best ranks, in sizes of the book's scale.
/// Ten sizes of 18 digits always fit.
struct ChurnStep {
  uint64_t bid_added = 0;
  uint64_t bid_removed = 0;
  uint64_t ask_added = 0;
  uint64_t ask_removed = 0;

  bool is_zero() const { return (bid_added | bid_removed | ask_added | ask_removed) == 0; }
};

/// Compares a book with the last one of its stretch that had a mid: for each price that changed,
/// size gained counts if the price now has a rank under 10, size lost if it had one then.
class LevelChurn {
 public:
  static constexpr size_t kRanks = 10;

  explicit LevelChurn(bool is_on) : is_on_(is_on) {}

  /// Whether it wants to hear of changes: there is a book to compare with.
  bool is_recording() const { return has_base_; }
  /// `next` is the book after them if it is the next one to `take`; null if that is not known.
  void on_changes(std::span<const BookChange> changes, const BookImage* next);
  void on_rescaled(int64_t price_factor, int64_t size_factor);
  void on_book_break();

  /// What happened since the last call, `now` having a mid; means nothing where `is_recording` was
  /// false. The next comparison is with `now`.
  ChurnStep take(const BookImage& now);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  /// Adds those that can count if `next` is the next to compare with; most of a deep book's cannot.
  void add_near(std::span<const BookChange> changes, const BookImage& next);
  void net_changes();
  void bound_memory();

  static constexpr size_t kChanges = 256;

  bool is_on_;
  bool has_base_ = false;
  int64_t bid_limit_ = 0;  ///< The price of the last rank that counts in the book compared with.
  int64_t ask_limit_ = 0;
  std::vector<BookChange> changes_;  ///< Since that book, in their order.
  size_t most_changes_ = kChanges;   ///< With more of them, those of one price become one.
};

}  // namespace daedalus
