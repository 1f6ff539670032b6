#include "daedalus/features/book_tracker.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "daedalus/features/center_of_gravity.hpp"

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

/// Best first, in strict order, none of size 0: so most images come.
template <class IsBetter>
bool is_in_order(const std::vector<BookLevel>& levels, IsBetter is_better) {
  bool is_good = levels.empty() || levels[0].size != 0;
  for (size_t i = 1; i < levels.size(); ++i) {
    is_good &= is_better(levels[i - 1].price, levels[i].price) & (levels[i].size != 0);
  }
  return is_good;
}

/// An image's levels as the book has them: best first, of a price the last one, none of size 0.
void put_in_order(Side side, std::vector<BookLevel>& levels) {
  if (side == Side::buy ? is_in_order(levels, std::greater<>())
                        : is_in_order(levels, std::less<>())) {
    return;
  }
  std::stable_sort(levels.begin(), levels.end(), [&](const BookLevel& a, const BookLevel& b) {
    return side == Side::buy ? a.price > b.price : a.price < b.price;
  });
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
      needs_center_(parameters.has(Category::structural) || parameters.has(Category::advanced)),
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
  changes_.clear();
  for (const Side side : {Side::buy, Side::sell}) {
    std::vector<BookLevel>& levels = side == Side::buy ? bids_ : asks_;
    const size_t known = changes_.size();
    if (row.kind == BookInputKind::delta) {
      change(side, levels);
    } else {
      put_in_order(side, levels);
      book_.replace_side(side, levels, changes_);
    }
    take_over(side, std::span(changes_).subspan(known));
  }
  is_known_ |= row.kind != BookInputKind::delta;
  profile_.on_changes(changes_);
  if (churn_.is_recording()) churn_.on_changes(changes_, twice_mid() ? &image_ : nullptr);
  return {};
}

void BookTracker::change(Side side, const std::vector<BookLevel>& levels) {
  sizes_before_.resize(levels.size());
  book_.set_levels(side, levels, sizes_before_.data());
  // Without a branch: whether a level has changed cannot be foreseen.
  size_t count = changes_.size();
  changes_.resize(count + levels.size());
  for (size_t i = 0; i < levels.size(); ++i) {
    changes_[count] = {side, levels[i].price, sizes_before_[i], levels[i].size};
    count += sizes_before_[i] != levels[i].size ? 1 : 0;
  }
  changes_.resize(count);
}

void BookTracker::take_over(Side side, std::span<const BookChange> changes) {
  const std::vector<BookLevel>& top = image_.side(side);
  const int64_t image_limit = limit_of(side, top, image_levels_);
  const int64_t top_limit = limit_of(side, top, ofi_levels_);
  bool is_image_touched = false;
  bool is_top_touched = false;
  for (const BookChange& change : changes) {
    is_image_touched |= is_at_or_before(side, change.price, image_limit);
    is_top_touched |= is_at_or_before(side, change.price, top_limit);
  }
  is_top_touched_ |= is_top_touched;
  if (is_image_touched) refresh(side);
}

void BookTracker::refresh(Side side) {
  std::vector<BookLevel>& top = side == Side::buy ? image_.bids : image_.asks;
  top.clear();
  book_.copy_top(side, image_levels_, top);
  image_.price_scale = book_.price_scale();
  image_.size_scale = book_.size_scale();
  ++image_.version;
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
  const BookState state = is_synced ? book_.state() : BookState::unsynced;
  if (std::exchange(image_.state, state) != state) ++image_.version;
  if (image_.has_mid() && profile_.update(book_)) ++image_.version;
  if (completed_version_ != image_.version) {
    image_.profile = image_.has_mid() ? &profile_ : nullptr;
    if (needs_center_) image_.center_of_gravity_bps = center_of_gravity_bps(image_);
    completed_version_ = image_.version;
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
