#include "daedalus/features/level_churn.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace daedalus {
namespace {

constexpr int64_t kFar = std::numeric_limits<int64_t>::max();

bool is_at_or_before(Side side, int64_t price, int64_t limit) {
  return side == Side::buy ? price >= limit : price <= limit;
}

int64_t limit_of(const BookImage& book, Side side) {
  const std::vector<BookLevel>& levels = book.side(side);
  if (levels.size() < LevelChurn::kRanks) return side == Side::buy ? -kFar : kFar;
  return levels[LevelChurn::kRanks - 1].price;
}

/// Sides one after the other, each in strict order of price: no price comes twice.
bool is_in_order(std::span<const BookChange> changes) {
  bool rises = false;
  bool falls = false;
  bool is_other_side = false;
  for (size_t i = 1; i < changes.size(); ++i) {
    if (changes[i].side != changes[i - 1].side) {
      if (is_other_side) return false;
      is_other_side = true;
      rises = falls = false;
      continue;
    }
    rises |= changes[i].price >= changes[i - 1].price;
    falls |= changes[i].price <= changes[i - 1].price;
    if (rises && falls) return false;
  }
  return true;
}

/// Beyond 18 digits only what stands far from the book can be: its order is kept.
int64_t scaled(int64_t value, int64_t factor) {
  int64_t result = 0;
  if (!__builtin_mul_overflow(value, factor, &result)) return result;
  return value < 0 ? -kFar : kFar;
}

}  // namespace

void LevelChurn::on_changes(std::span<const BookChange> changes, const BookImage* next) {
  if (next != nullptr && changes_.empty()) return add_near(changes, *next);
  changes_.insert(changes_.end(), changes.begin(), changes.end());
  bound_memory();
}

void LevelChurn::add_near(std::span<const BookChange> changes, const BookImage& next) {
  const int64_t bid_limit = std::min(bid_limit_, limit_of(next, Side::buy));
  const int64_t ask_limit = std::max(ask_limit_, limit_of(next, Side::sell));
  changes_.resize(changes.size());
  size_t count = 0;
  for (const BookChange& change : changes) {
    const bool is_bid = change.side == Side::buy;
    changes_[count] = change;
    count += (is_bid & (change.price >= bid_limit)) | (!is_bid & (change.price <= ask_limit));
  }
  changes_.resize(count);
}

void LevelChurn::on_rescaled(int64_t price_factor, int64_t size_factor) {
  bid_limit_ = scaled(bid_limit_, price_factor);
  ask_limit_ = scaled(ask_limit_, price_factor);
  for (BookChange& change : changes_) {
    change.price = scaled(change.price, price_factor);
    change.before = scaled(change.before, size_factor);
    change.after = scaled(change.after, size_factor);
  }
}

void LevelChurn::on_book_break() {
  has_base_ = false;
  changes_.clear();
}

void LevelChurn::bound_memory() {
  if (changes_.size() <= most_changes_) return;
  net_changes();
  most_changes_ = std::max(kChanges, 2 * changes_.size());
}

void LevelChurn::net_changes() {
  const auto key = [](const BookChange& change) { return std::tuple(change.side, change.price); };
  const auto earlier = [&](const BookChange& a, const BookChange& b) { return key(a) < key(b); };
  std::stable_sort(changes_.begin(), changes_.end(), earlier);
  size_t kept = 0;
  for (size_t i = 0; i < changes_.size();) {
    BookChange net = changes_[i];
    for (; i < changes_.size() && key(changes_[i]) == key(net); ++i) net.after = changes_[i].after;
    if (net.before != net.after) changes_[kept++] = net;
  }
  changes_.resize(kept);
}

ChurnStep LevelChurn::take(const BookImage& now) {
  ChurnStep step;
  if (!is_on_) return step;
  const int64_t bid_limit = limit_of(now, Side::buy);
  const int64_t ask_limit = limit_of(now, Side::sell);
  if (!is_in_order(changes_)) net_changes();
  for (const BookChange& change : changes_) {
    const bool is_bid = change.side == Side::buy;
    const auto counts = [&](int64_t limit) {
      return is_at_or_before(change.side, change.price, limit);
    };
    if (change.after > change.before) {
      if (!counts(is_bid ? bid_limit : ask_limit)) continue;
      (is_bid ? step.bid_added : step.ask_added) += change.after - change.before;
    } else {
      if (!counts(is_bid ? bid_limit_ : ask_limit_)) continue;
      (is_bid ? step.bid_removed : step.ask_removed) += change.before - change.after;
    }
  }
  has_base_ = true;
  bid_limit_ = bid_limit;
  ask_limit_ = ask_limit;
  changes_.clear();
  most_changes_ = kChanges;
  return step;
}

void LevelChurn::save(StateWriter& out) const {
  out.boolean(has_base_);
  out.integer(bid_limit_);
  out.integer(ask_limit_);
  out.integer(most_changes_);
  out.integer(changes_.size());
  for (const BookChange& change : changes_) {
    out.boolean(change.side == Side::buy);
    out.integer(change.price);
    out.integer(change.before);
    out.integer(change.after);
  }
}

void LevelChurn::load(StateReader& in) {
  has_base_ = in.boolean();
  bid_limit_ = in.integer();
  ask_limit_ = in.integer();
  most_changes_ = in.integer<size_t>();
  changes_.resize(in.count());
  for (BookChange& change : changes_) {
    change.side = in.boolean() ? Side::buy : Side::sell;
    change.price = in.integer();
    change.before = in.integer();
    change.after = in.integer();
  }
}

}  // namespace daedalus
