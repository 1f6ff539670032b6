#include "daedalus/features/rolling_flow_family.hpp"

#include <fmt/format.h>

namespace daedalus {
namespace {

std::vector<int> single_and_double(const std::vector<int>& lengths_s) {
  std::vector<int> both;
  for (const int length : lengths_s) {
    both.push_back(length);
    both.push_back(2 * length);
  }
  return both;
}

}  // namespace

void RollingFlowFamily::Event::save(StateWriter& out) const {
  out.integer(time.value);
  out.real(mlofi_step);
}

RollingFlowFamily::Event RollingFlowFamily::Event::load(StateReader& in) {
  const UnixNanos time{in.integer()};
  return {time, in.real()};
}

void RollingFlowFamily::EventSums::enter(const Event& event) {
  if (!event.has_step()) return;
  ++steps;
  last_step_ns = event.time.value;
  if (event.mlofi_step == 0) return;
  mlofi.add(event.mlofi_step);
  ++changes;
}

void RollingFlowFamily::EventSums::save(StateWriter& out) const {
  out.integer(steps);
  mlofi.save(out);
  out.integer(changes);
  out.integer(last_step_ns);
}

RollingFlowFamily::EventSums RollingFlowFamily::EventSums::load(StateReader& in) {
  EventSums loaded;
  loaded.steps = in.integer();
  loaded.mlofi = ExactSum::load(in);
  loaded.changes = in.integer();
  loaded.last_step_ns = in.integer();
  return loaded;
}

void RollingFlowFamily::Flow::save(StateWriter& out) const {
  out.integer(time.value);
  out.integer(step.mantissa);
  out.integer(step.scale);
}

RollingFlowFamily::Flow RollingFlowFamily::Flow::load(StateReader& in) {
  Flow loaded;
  loaded.time.value = in.integer();
  loaded.step.mantissa = in.integer();
  loaded.step.scale = static_cast<int8_t>(std::clamp(in.integer<int>(), 0, kMaxDecimalScale));
  return loaded;
}

RollingFlowFamily::RollingFlowFamily(const FeatureParameters& parameters)
    : lengths_s_(parameters.rolling_windows_s),
      events_(lengths_s_),
      flows_(single_and_double(lengths_s_)),
      written_(lengths_s_.size()) {}

std::vector<FeatureColumn> RollingFlowFamily::columns(const FeatureParameters& parameters) {
  constexpr std::string_view kCont = "Cont, Kukanov, Stoikov 2014";
  std::vector<FeatureColumn> columns;
  for (const int h : parameters.rolling_windows_s) {
    columns.push_back({fmt::format("ofi_sum_{}s", h), "base",
                       "sum over the window's book events of e_n of the best level", kCont});
    columns.push_back({fmt::format("mlofi_sum_{}s", h), "base",
                       "sum over the window's book events of sum_i exp(-alpha i) e_n of rank i",
                       "Xu, Gould, Howison 2018"});
    columns.push_back({.name = fmt::format("ofi_accel_{}s", h),
                       .unit = "base/s",
                       .formula = "(ofi_sum of the window - ofi_sum of the window before it) / h",
                       .source = kCont,
                       .null_when = "either window holds no step"});
    columns.push_back({fmt::format("book_rate_{}s", h), "1/s", "book events in the window / h"});
  }
  return columns;
}

void RollingFlowFamily::on_book_event(const BookEvent& event) {
  events_.push({event.time, event.has_step ? event.mlofi_step : kNull});
  if (!event.has_step || event.ofi_step == 0) return;
  flows_.push({event.time, {event.ofi_step, static_cast<int8_t>(event.size_scale)}});
}

void RollingFlowFamily::on_book_break() {
  events_.clear();
  flows_.clear();
}

void RollingFlowFamily::refresh(size_t window) {
  Written& written = written_[window];
  if (written.mlofi_of != events_.changes(window)) {
    written.mlofi_of = events_.changes(window);
    written.mlofi = (events_.total().mlofi - events_.before(window).mlofi).value();
  }
  const WindowExtent flow = flows_.extent(2 * window);
  const WindowExtent twice_as_long = flows_.extent(2 * window + 1);
  if (flow == written.flow && twice_as_long == written.twice_as_long) return;
  written.flow = flow;
  written.twice_as_long = twice_as_long;
  const ScaledSum& total = flows_.total().ofi;
  const ScaledSum now = total - flows_.before(2 * window).ofi;
  const ScaledSum both = total - flows_.before(2 * window + 1).ofi;
  const ScaledSum change = now - (both - now);
  written.ofi = now.to_double();
  written.acceleration = change.to_double() / lengths_s_[window];
}

void RollingFlowFamily::write(const RowMoment& moment, RowWriter& row) {
  events_.move_to(moment.label, moment.is_per_event);
  flows_.move_to(moment.label, moment.is_per_event);
  for (size_t i = 0; i < written_.size(); ++i) {
    refresh(i);
    const EventSums& before = events_.before(i);
    const bool has_step = events_.total().steps > before.steps;
    const int64_t length_ns = lengths_s_[i] * kNanosPerSecond;
    const int64_t earlier_start =
        moment.label.value - 2 * length_ns + (moment.is_per_event ? 1 : 0);
    row.number(written_[i].ofi);
    row.number(written_[i].mlofi);
    row.number(has_step && before.last_step_ns >= earlier_start ? written_[i].acceleration : kNull);
    row.number(static_cast<double>(events_.count(i)) / lengths_s_[i]);
  }
}

void RollingFlowFamily::save(StateWriter& out) const {
  events_.save(out);
  flows_.save(out);
}

void RollingFlowFamily::load(StateReader& in) {
  events_.load(in);
  flows_.load(in);
}

}  // namespace daedalus
