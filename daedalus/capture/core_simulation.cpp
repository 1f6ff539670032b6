#include "daedalus/capture/core_simulation.hpp"

#include <algorithm>
#include <limits>

namespace daedalus {
namespace {

constexpr UnixNanos kNever{std::numeric_limits<int64_t>::max()};
constexpr Nanoseconds kTick = std::chrono::seconds(1);
constexpr Nanoseconds kCloseTakes = std::chrono::milliseconds(1);

}  // namespace

CoreSimulation::CoreSimulation(CoreOptions options, SimulatedVenue& venue, UnixNanos start,
                               SimulationHooks hooks)
    : venue_(venue),
      hooks_(std::move(hooks)),
      start_(start),
      now_(start),
      next_tick_(start + kTick),
      core_(std::move(options)) {
  core_.start(core_time(), *this);
}

CoreTime CoreSimulation::core_time() const {
  return {.wall = now_ + wall_offset_, .monotonic = now_ - start_};
}

void CoreSimulation::run_until(UnixNanos until) {
  while (true) {
    const UnixNanos input = pending_.empty() ? kNever : pending_.top().time;
    const UnixNanos venue = venue_.next_event_time().value_or(kNever);
    const UnixNanos next = std::min({input, venue, deadline(), next_tick_});
    if (next > until) break;
    now_ = std::max(now_, next);
    if (input == next) {
      take_pending();
    } else if (venue == next) {
      take_venue_events();
    } else {
      core_.step(core_time(), TimerTick{}, *this);
      if (next_tick_ == next) {
        next_tick_ = next_tick_ + kTick;
        if (hooks_.on_tick) hooks_.on_tick();
      }
    }
  }
  now_ = std::max(now_, until);
}

UnixNanos CoreSimulation::deadline() const {
  const auto at = core_.next_deadline();
  return at ? std::max(start_ + *at, now_) : kNever;
}

void CoreSimulation::happen(CoreInput input) {
  core_.step(core_time(), std::move(input), *this);
}

void CoreSimulation::later(Nanoseconds delay, CoreInput input) {
  pending_.push({.time = now_ + delay, .order = order_++, .input = std::move(input)});
}

void CoreSimulation::take_pending() {
  CoreInput input = pending_.top().input;
  pending_.pop();
  if (const auto* opened = std::get_if<ConnectionOpened>(&input)) open_.insert(opened->link);
  core_.step(core_time(), std::move(input), *this);
}

void CoreSimulation::take_venue_events() {
  for (VenueEvent& event : venue_.take_until(now_)) {
    if (!open_.contains(event.connection)) continue;
    if (event.kind == VenueEvent::Kind::closed) {
      open_.erase(event.connection);
      core_.step(core_time(), ConnectionEnded{.link = event.connection, .why = event.text}, *this);
    } else {
      core_.step(core_time(),
                 FrameReceived{.link = event.connection,
                               .payload = std::move(event.text),
                               .is_binary = event.is_binary},
                 *this);
    }
  }
}

void CoreSimulation::begin_segment(const std::string& name) {
  if (hooks_.on_segment_begin) hooks_.on_segment_begin(name);
}

void CoreSimulation::append(std::string_view line, const Record& record) {
  if (hooks_.on_record) hooks_.on_record(line, record);
}

void CoreSimulation::end_segment(const std::string& name) {
  if (hooks_.on_segment_end) hooks_.on_segment_end(name);
}

void CoreSimulation::open_connection(int64_t link, const std::string& url) {
  const ConnectAnswer answer = venue_.on_connect(link, url, now_);
  if (answer.refused_status == 0 && answer.message.empty()) {
    later(answer.delay, ConnectionOpened{.link = link});
  } else {
    later(answer.delay, ConnectionEnded{.link = link,
                                        .why = answer.message,
                                        .http_status = answer.refused_status,
                                        .retry_after_s = answer.retry_after_s});
  }
}

void CoreSimulation::close_connection(int64_t link) {
  if (open_.erase(link) == 0) return;
  venue_.on_client_closed(link, now_);
  later(kCloseTakes, ConnectionEnded{.link = link, .why = "closed by us"});
}

void CoreSimulation::send_frame(int64_t link, const std::string& text) {
  if (open_.contains(link)) venue_.on_frame_sent(link, text, now_);
}

void CoreSimulation::http_get(int64_t request, const std::string& url) {
  HttpAnswer answer = venue_.on_http(url, now_);
  HttpAnswered answered{
      .request = request, .status = answer.status, .retry_after_s = answer.retry_after_s};
  (answer.status == 0 ? answered.failure : answered.body) = std::move(answer.body);
  later(answer.delay, std::move(answered));
}

void CoreSimulation::tell(const CoreFact& fact) {
  if (hooks_.on_fact) hooks_.on_fact(fact);
}

}  // namespace daedalus
