#pragma once

#include <vector>

#include "daedalus/features/book_event.hpp"
#include "daedalus/features/book_image.hpp"
#include "daedalus/features/depth_profile.hpp"
#include "daedalus/features/input.hpp"
#include "daedalus/features/level_churn.hpp"
#include "daedalus/features/parameters.hpp"

namespace daedalus {

/// The book of bronze rows with what the families read of it kept ready: its best levels, and sizes
/// by distance.
class BookTracker {
 public:
  explicit BookTracker(const FeatureParameters& parameters);

  /// Snapshots and checkpoints replace the book. Errors: malformed; the book is then as before.
  Result<void> apply(const BookInput& row);
  /// Whether an image was ever applied: what deltas alone build is no book.
  bool is_known() const { return is_known_; }

  /// The event that the last `apply` was.
  BookEvent event(UnixNanos time) const;
  /// What the event did to the best levels, compared with the last call; the event has a mid.
  ChurnStep take_churn() { return churn_.take(image_); }
  void on_book_break() { churn_.on_book_break(); }
  /// The book now, `state` being what it is for others: unsynced, or its own. Lives as long as
  /// this.
  const BookImage& image(bool is_synced);
  /// Twice the mid; absent where there is none.
  std::optional<Decimal> twice_mid() const;
  size_t levels(Side side) const { return book_.levels(side); }

  void save(StateWriter& out) const;
  Result<void> load(StateReader& in);

 private:
  /// Of a delta.
  void change(Side side, const std::vector<BookLevel>& levels);
  /// The book has changed so: the image with it.
  void take_over(Side side, std::span<const BookChange> changes);
  void refresh(Side side);

  OrderBook book_;
  bool is_known_ = false;
  size_t image_levels_;
  size_t ofi_levels_;
  bool needs_center_;
  BookImage image_;
  int64_t completed_version_ = -1;  ///< Of the image: all of it is known.
  DepthProfile profile_;
  LevelChurn churn_;
  bool is_top_touched_ = false;
  std::vector<BookLevel> bids_;  ///< Of the row being applied.
  std::vector<BookLevel> asks_;
  std::vector<int64_t> sizes_before_;
  std::vector<BookChange> changes_;
};

/// A row's levels in the units of `book`, whose scales grow where they must. Errors: malformed.
Result<void> read_levels(const BookInput& row, OrderBook& book, std::vector<BookLevel>& bids,
                         std::vector<BookLevel>& asks);

}  // namespace daedalus
