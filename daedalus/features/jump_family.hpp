#pragma once

#include <vector>

#include "daedalus/features/family_set.hpp"
#include "daedalus/features/return_windows.hpp"

namespace daedalus {

/// How much of the last five minutes' variance came in jumps. Source: Barndorff-Nielsen, Shephard
/// 2004.
class JumpFamily {
 public:
  static constexpr FamilyInfo kInfo = {.name = "jump",
                                       .category = Category::extended,
                                       .clock = Clock::event,
                                       .cost = "O(1) per event, amortised; the steps of 300 s"};

  explicit JumpFamily(const FeatureParameters&) : windows_(kWindows) {}

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_book_event(const BookEvent& event) {
    if (event.has_step) windows_.push({event.time, event.log_return});
  }
  void on_book_break() { windows_.clear(); }
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const { windows_.save(out); }
  void load(StateReader& in) { windows_.load(in); }

 private:
  static constexpr int kWindows[] = {300};

  ReturnWindows windows_;
  WindowExtent share_of_;  ///< The changes that the share was made of.
  double share_ = kNull;
};

}  // namespace daedalus
