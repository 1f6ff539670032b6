#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "daedalus/base/serialize.hpp"
#include "daedalus/base/time.hpp"
#include "daedalus/features/ring.hpp"

namespace daedalus {

/// Which entries (or changes) lie in a window, by their numbers: what was made of them holds for as
/// long.
struct WindowExtent {
  int64_t first = -1;
  int64_t end = -1;

  bool operator==(const WindowExtent&) const = default;
};

/// Sums over several windows of one stretch's entries. All windows end with the newest entry, so a
/// window's sums are the difference of two totals: that of all entries, and that of those before
/// its first. `Sums` must be exact (integers, ScaledSum, ExactSum) for the difference to be what a
/// fresh sum would give. Totals of every kEntriesPerMark-th entry are kept too, so that a window
/// which moves far adds up few of the entries that it passes. Memory: the entries of the longest
/// window, and their marks.
///
/// `Entry` has `UnixNanos time`, `save(StateWriter&)`, `static Entry load(StateReader&)`.
/// `Sums` has `enter(const Entry&)`, `operator-`, `save`, `static Sums load(StateReader&)`; and,
/// where neighbours matter, `enter_pair(before, entry)` for entries that follow each other and both
/// lie in the window.
template <class Entry, class Sums>
class RollingWindows {
 public:
  explicit RollingWindows(std::span<const int> windows_s) {
    for (const int seconds : windows_s) windows_.push_back({seconds * kNanosPerSecond, 0, {}});
  }

  /// In order of time.
  void push(const Entry& entry) {
    const int64_t number = entries_.end();
    if constexpr (kHasPairs) {
      if (!entries_.empty()) enter_pair(entries_.back(), entry);
    }
    if (number % kEntriesPerMark == 0) marks_.push_back(total_);
    total_.enter(entry);
    entries_.push_back(entry);
    // Between rows that lie far apart, too, memory is that of the longest window.
    if (entries_.end() % kPushesBetweenMoves == 0) move_to(entry.time, false);
  }

  /// Windows end at `moment`, each of length h: on the grid they keep moment - h <= time; per event
  /// (and of samples on the second clock) moment - h < time.
  void move_to(UnixNanos moment, bool is_after_start) {
    int64_t oldest = entries_.end();
    for (Window& window : windows_) {
      const int64_t start = moment.value - window.length_ns + (is_after_start ? 1 : 0);
      int64_t first = window.first;
      while (first < entries_.end() && entries_[first].time.value < start) ++first;
      if (first != window.first) pass_until(window, first);
      oldest = std::min(oldest, first);
    }
    entries_.drop_before(oldest);
    marks_.drop_before(std::clamp(oldest / kEntriesPerMark, marks_.first(), marks_.end()));
  }

  void clear() {
    entries_.clear();
    marks_.restart_at(first_mark());
    Sums none{};
    if constexpr (requires { none.changes; }) none.changes = total_.changes;
    total_ = none;
    for (Window& window : windows_) {
      window.first = entries_.end();
      window.before = none;
    }
  }

  Sums sums(size_t window) const { return total_ - windows_[window].before; }
  /// Of all entries that came before the window's first.
  const Sums& before(size_t window) const { return windows_[window].before; }
  /// Of all entries of the stretch.
  const Sums& total() const { return total_; }
  int64_t count(size_t window) const { return entries_.end() - windows_[window].first; }
  /// Numbers of the entries in a window: [first_of(window), entries().end()).
  int64_t first_of(size_t window) const { return windows_[window].first; }
  WindowExtent extent(size_t window) const { return {windows_[window].first, entries_.end()}; }
  /// Where `Sums` counts its `changes`, which never restart: those before the window, and all. For
  /// as long as both stay, so do the window's sums.
  WindowExtent changes(size_t window) const {
    return {windows_[window].before.changes, total_.changes};
  }
  const Ring<Entry>& entries() const { return entries_; }

  void save(StateWriter& out) const {
    out.integer(entries_.first());
    out.integer(entries_.size());
    for (int64_t i = entries_.first(); i < entries_.end(); ++i) entries_[i].save(out);
    for (const Window& window : windows_) {
      out.integer(window.first);
      window.before.save(out);
    }
    total_.save(out);
  }
  void load(StateReader& in) {
    const int64_t first = in.integer();
    const size_t count = in.count();
    entries_.restart_at(first, count);
    for (size_t left = count; left > 0; --left) entries_.push_back(Entry::load(in));
    for (Window& window : windows_) {
      window.first = std::clamp(in.integer(), entries_.first(), entries_.end());
      window.before = Sums::load(in);
    }
    total_ = Sums::load(in);
    mark_anew();
  }

 private:
  static constexpr int64_t kPushesBetweenMoves = 1024;
  static constexpr int64_t kEntriesPerMark = 16;
  static constexpr bool kHasPairs =
      requires(Sums sums, const Entry& entry) { sums.enter_pair(entry, entry); };

  struct Window {
    int64_t length_ns = 0;
    int64_t first = 0;
    Sums before;  ///< Total of the entries before `first`, and of the pairs with one of them.
  };

  void enter_pair(const Entry& last, const Entry& entry) {
    total_.enter_pair(last, entry);
    for (Window& window : windows_) {
      if (window.first == entries_.end()) window.before.enter_pair(last, entry);
    }
  }

  void pass_until(Window& window, int64_t first) {
    if (first == entries_.end()) {
      window.before = total_;
      window.first = first;
      return;
    }
    const int64_t mark = first / kEntriesPerMark;
    if (mark * kEntriesPerMark > window.first && mark >= marks_.first()) {
      window.before = marks_[mark];
      window.first = mark * kEntriesPerMark;
    }
    for (; window.first < first; ++window.first) pass(window.before, window.first);
  }

  void pass(Sums& before, int64_t number) const {
    before.enter(entries_[number]);
    if constexpr (kHasPairs) {
      if (number + 1 < entries_.end()) before.enter_pair(entries_[number], entries_[number + 1]);
    }
  }

  /// The number of the first mark of entries that are still to come.
  int64_t first_mark() const { return (entries_.end() + kEntriesPerMark - 1) / kEntriesPerMark; }

  /// Marks after a restore, from the window that reaches back furthest.
  void mark_anew() {
    const auto longest =
        std::min_element(windows_.begin(), windows_.end(),
                         [](const Window& a, const Window& b) { return a.first < b.first; });
    if (longest == windows_.end()) return;
    Sums before = longest->before;
    marks_.restart_at((longest->first + kEntriesPerMark - 1) / kEntriesPerMark);
    for (int64_t i = longest->first; i < entries_.end(); ++i) {
      if (i % kEntriesPerMark == 0) marks_.push_back(before);
      pass(before, i);
    }
  }

  Ring<Entry> entries_;
  Ring<Sums> marks_;  ///< Number k: the total before entry k * kEntriesPerMark.
  Sums total_{};
  std::vector<Window> windows_;
};

}  // namespace daedalus
