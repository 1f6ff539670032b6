#include "daedalus/features/book_tracker.hpp"

#include <algorithm>
#include <limits>

namespace daedalus {
namespace {

bool is_at_or_before(Side side, int64_t price, int64_t other) {
  return side == Side::buy ? price >= other : price <= other;
}

/// The last price at which a change may change the first `count` of `levels`.
int64_t limit_of(Side side, const std::vector<BookLevel>& levels, size_t count) {
  if (levels.size() >= count) return levels[count - 1].price;
  return side == Side::buy ? 0 : std::numeric_limits<int64_t>::max();
}

/// An image's levels as the book has them: best first, of a price the last one, none of size 0.
void put_in_order(Side side, std::vector<BookLevel>& levels) {
  const auto is_better = [&](const BookLevel& a, const BookLevel& b) {
    return side == Side::buy ? a.price > b.price : a.price < b.price;
  };
  bool is_in_order = true;
  for (size_t i = 0; i < levels.size() && is_in_order; ++i) {
    is_in_order = levels[i].size != 0 && (i == 0 || is_better(levels[i - 1], levels[i]));
  }
  if (is_in_order) return;
  std::stable_sort(levels.begin(), levels.end(), is_better);
  size_t kept = 0;
  for (size_t i = 0; i < levels.size(); ++i) {
    const bool is_last = i + 1 == levels.size() || levels[i + 1].price != levels[i].price;
    if (is_last && levels[i].size != 0) levels[kept++] = levels[i];
  }
  levels.resize(kept);
}

}  // namespace

BookTracker::BookTracker(const FeatureParameters& parameters)
    : image_levels_(std::max<size_t>(parameters.depth_levels, 10)),
      ofi_levels_(parameters.ofi_levels),
      profile_(parameters),
      churn_(parameters.has(Category::extended)) {
  image_.depth_levels = static_cast<size_t>(parameters.depth_levels);
}

Result<void> BookTracker::apply(const BookInput& row) {
  const int price_scale = book_.price_scale();
  const int size_scale = book_.size_scale();
  const auto read = read_levels(row, book_, bids_, asks_);
  const bool is_rescaled = book_.price_scale() != price_scale || book_.size_scale() != size_scale;
  if (is_rescaled) {
    refresh(Side::buy);
    refresh(Side::sell);
    profile_.invalidate();
    churn_.on_rescaled(kPowersOfTen[book_.price_scale() - price_scale],
                       kPowersOfTen[book_.size_scale() - size_scale]);
  }
  if (!read) return Failure(read.error());
  is_top_touched_ = is_rescaled;
  if (row.kind != BookInputKind::delta) {
    replace();
    return {};
  }
  changes_.clear();
  change(Side::buy, bids_);
  change(Side::sell, asks_);
  profile_.on_changes(changes_);
  if (churn_.is_recording()) churn_.on_changes(changes_, twice_mid() ? &image_ : nullptr);
  return {};
}

void BookTracker::replace() {
  put_in_order(Side::buy, bids_);
  put_in_order(Side::sell, asks_);
  if (churn_.is_recording()) churn_.on_replacement(book_, bids_, asks_);
  for (const Side side : {Side::buy, Side::sell}) {
    const std::span<const BookLevel> levels = side == Side::buy ? bids_ : asks_;
    book_.replace_side(side, levels);
    const auto top = levels.first(std::min(levels.size(), image_levels_));
    (side == Side::buy ? image_.bids : image_.asks).assign(top.begin(), top.end());
  }
  profile_.invalidate();
  is_top_touched_ = true;
  is_known_ = true;
}

void BookTracker::change(Side side, const std::vector<BookLevel>& levels) {
  sizes_before_.resize(levels.size());
  book_.set_levels(side, levels, sizes_before_.data());
  // Without a branch: whether a level has changed, and how near the best it is, cannot be foreseen.
  const std::vector<BookLevel>& top = image_.side(side);
  const int64_t image_limit = limit_of(side, top, image_levels_);
  const int64_t top_limit = limit_of(side, top, ofi_levels_);
  bool is_image_touched = false;
  bool is_top_touched = false;
  size_t count = changes_.size();
  changes_.resize(count + levels.size());
  for (size_t i = 0; i < levels.size(); ++i) {
    const BookLevel& level = levels[i];
    const bool is_change = sizes_before_[i] != level.size;
    changes_[count] = {side, level.price, sizes_before_[i], level.size};
    count += is_change ? 1 : 0;
    is_image_touched |= is_change & is_at_or_before(side, level.price, image_limit);
    is_top_touched |= is_change & is_at_or_before(side, level.price, top_limit);
  }
  changes_.resize(count);
  is_top_touched_ |= is_top_touched;
  if (is_image_touched) refresh(side);
}

void BookTracker::refresh(Side side) {
  std::vector<BookLevel>& top = side == Side::buy ? image_.bids : image_.asks;
  top.clear();
  book_.copy_top(side, image_levels_, top);
  image_.price_scale = book_.price_scale();
  image_.size_scale = book_.size_scale();
}

BookEvent BookTracker::event(UnixNanos time) const {
  const auto first = [&](const std::vector<BookLevel>& levels) {
    return std::span(levels).first(std::min(levels.size(), ofi_levels_));
  };
  const BookState state = book_.state();
  BookEvent event;
  event.time = time;
  event.has_mid = state == BookState::ok || state == BookState::locked;
  event.is_top_touched = is_top_touched_;
  event.bids = first(image_.bids);
  event.asks = first(image_.asks);
  event.price_scale = book_.price_scale();
  event.size_scale = book_.size_scale();
  return event;
}

const BookImage& BookTracker::image(bool is_synced) {
  image_.state = is_synced ? book_.state() : BookState::unsynced;
  image_.profile = nullptr;
  if (image_.has_mid()) {
    profile_.update(book_);
    image_.profile = &profile_;
  }
  return image_;
}

std::optional<Decimal> BookTracker::twice_mid() const {
  const BookState state = book_.state();
  if (state != BookState::ok && state != BookState::locked) return std::nullopt;
  return Decimal{image_.twice_mid(), static_cast<int8_t>(book_.price_scale())};
}

void BookTracker::save(StateWriter& out) const {
  out.boolean(is_known_);
  book_.save(out);
  churn_.save(out);
}

Result<void> BookTracker::load(StateReader& in) {
  is_known_ = in.boolean();
  DAEDALUS_TRY(book_, OrderBook::load(in));
  refresh(Side::buy);
  refresh(Side::sell);
  churn_.load(in);
  return {};
}

}  // namespace daedalus
