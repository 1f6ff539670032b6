#pragma once

#include <limits>
#include <vector>

#include "daedalus/features/exact_sum.hpp"
#include "daedalus/features/family_set.hpp"
#include "daedalus/features/rolling_windows.hpp"

namespace daedalus {

/// Order flow imbalance over rolling windows and its change from window to window, and how often
/// the book moves. Sources: Cont, Kukanov, Stoikov 2014; Xu, Gould, Howison 2018.
class RollingFlowFamily {
 public:
  static constexpr FamilyInfo kInfo = {
      .name = "rolling_flow",
      .category = Category::rolling,
      .clock = Clock::event,
      .cost =
          "O(windows) per event, amortised; the events of the longest window, its order flow "
          "twice as long"};

  explicit RollingFlowFamily(const FeatureParameters& parameters);

  static std::vector<FeatureColumn> columns(const FeatureParameters& parameters);
  void on_book_event(const BookEvent& event);
  void on_book_break();
  void write(const RowMoment& moment, RowWriter& row);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  /// Each event that feeds.
  struct Event {
    UnixNanos time;
    double mlofi_step = kNull;  ///< Null: it has no steps.

    bool has_step() const { return !is_null(mlofi_step); }
    void save(StateWriter& out) const;
    static Event load(StateReader& in);
  };
  struct EventSums {
    int64_t steps = 0;
    ExactSum mlofi;
    int64_t last_left_ns = std::numeric_limits<int64_t>::min();  ///< Of steps that have left.
    uint32_t changes = 0;  ///< Whether `mlofi` is still that of before; not saved.

    void enter(const Event& event);
    void leave(const Event& event);
    void save(StateWriter& out) const;
    static EventSums load(StateReader& in);
  };
  /// A step of the best level other than 0.
  struct Flow {
    UnixNanos time;
    Decimal step;

    void save(StateWriter& out) const;
    static Flow load(StateReader& in);
  };
  struct FlowSum {
    ScaledSum ofi;

    void enter(const Flow& flow) { ofi.add(flow.step.mantissa, flow.step.scale); }
    void leave(const Flow& flow) {
      ofi.add(-static_cast<Wide>(flow.step.mantissa), flow.step.scale);
    }
    void save(StateWriter& out) const { ofi.save(out); }
    static FlowSum load(StateReader& in) { return {ScaledSum::load(in)}; }
  };
  /// What was last written of a window, for as long as it stays so.
  struct Written {
    uint32_t mlofi_changes = 0;
    double mlofi = 0;
    WindowExtent flow, twice_as_long;
    double ofi = 0;
    double acceleration = 0;  ///< Where it is not null.
  };

  void refresh(size_t window);

  std::vector<int> lengths_s_;
  RollingWindows<Event, EventSums> events_;
  RollingWindows<Flow, FlowSum> flows_;  ///< Windows 2 i and 2 i + 1: lengths h and 2 h.
  std::vector<Written> written_;
};

}  // namespace daedalus
