#pragma once

#include <array>
#include <vector>

#include "daedalus/features/family_set.hpp"
#include "daedalus/features/rolling_windows.hpp"

namespace daedalus {

/// Sizes added to and taken from the ten best ranks of each side over each rolling window.
class LevelChurnFamily {
 public:
  static constexpr FamilyInfo kInfo = {
      .name = "level_churn",
      .category = Category::extended,
      .clock = Clock::event,
      .cost = "O(changed levels + windows) per event, amortised; the events of the longest window"};

  explicit LevelChurnFamily(const FeatureParameters& parameters)
      : windows_(parameters.rolling_windows_s), written_(parameters.rolling_windows_s.size()) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_book_event(const BookEvent& event) {
    if (event.has_step && !event.churn.is_zero()) {
      windows_.push({event.time, event.churn, event.size_scale});
    }
  }
  void on_book_break() { windows_.clear(); }
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const { windows_.save(out); }
  void load(StateReader& in) { windows_.load(in); }

 private:
  /// A step that changed something.
  struct Entry {
    UnixNanos time;
    ChurnStep step;
    int size_scale = 0;

    void save(StateWriter& out) const;
    static Entry load(StateReader& in);
  };
  struct Sums {
    std::array<Wide, 4> totals{};  ///< In the order of the columns.
    int size_scale = 0;

    void enter(const Entry& entry);
    Sums operator-(const Sums& other) const;
    void raise_scale(int scale);
    void save(StateWriter& out) const;
    static Sums load(StateReader& in);
  };
  struct Written {
    WindowExtent of;
    std::array<double, 4> values{};
  };

  RollingWindows<Entry, Sums> windows_;
  std::vector<Written> written_;
};

}  // namespace daedalus
