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
    int64_t changes = 0;  ///< Steps other than 0.
    int64_t last_step_ns = std::numeric_limits<int64_t>::min();

    void enter(const Event& event);
    EventSums operator-(const EventSums& other) const {
      return {steps - other.steps, mlofi - other.mlofi, changes - other.changes, last_step_ns};
    }
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
    FlowSum operator-(const FlowSum& other) const { return {ofi - other.ofi}; }
    void save(StateWriter& out) const { ofi.save(out); }
    static FlowSum load(StateReader& in) { return {ScaledSum::load(in)}; }
  };
  /// What was last written of a window, for as long as it stays so.
  struct Written {
    WindowExtent mlofi_of;  ///< The changes that it was made of.
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
