#include "daedalus/capture/core.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <unordered_map>
#include <vector>

#include "daedalus/base/check.hpp"
#include "daedalus/capture/core_inner.hpp"
#include "daedalus/exchanges/registry.hpp"

namespace daedalus {
namespace {

/// The native ids in a venue's list of instruments.
class InstrumentNames : public EventSink {
 public:
  std::set<std::string> names;

  void on_connection_sequence(int64_t) override {}
  void on_book(const BookMessage&) override {}
  void on_trade(const Trade&) override {}
  void on_ticker(const Ticker&) override {}
  void on_other(const OtherMessage&) override {}
  void on_instrument(const Instrument& instrument) override {
    names.insert(instrument.symbol_native);
  }
  void on_control(const ControlMessage&) override {}
};

/// A state that does not fit was checked by who gave it: the interpreter then begins anew.
Interpreter interpreter_of(const Exchange& exchange, const CoreOptions& options) {
  if (!options.interpreter_state.empty()) {
    auto restored = Interpreter::restore(exchange, options.interpreter, options.interpreter_state);
    if (restored) return *std::move(restored);
  }
  return Interpreter(exchange, options.interpreter);
}

/// The venues' weights are of 1,000 levels and grow with them.
int snapshot_weight(const Exchange& exchange, const ChannelOptions& options) {
  const int64_t weight = int64_t{exchange.limits.snapshot_weight} * options.rest_depth_limit / 1000;
  return static_cast<int>(std::max<int64_t>(weight, exchange.limits.snapshot_weight > 0 ? 1 : 0));
}

}  // namespace

std::string beginning(std::string_view body) {
  constexpr size_t kShown = 200;
  std::string text(body.substr(0, kShown));
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

Nanoseconds hold_after(int http_status, std::optional<int64_t> retry_after_s) {
  constexpr int64_t kTooManyRequests = 429;
  constexpr int64_t kBanned = 418;
  if (http_status != kTooManyRequests && http_status != kBanned) return Nanoseconds(0);
  const int64_t usual_s = http_status == kBanned ? 120 : 30;
  return std::chrono::seconds(std::max<int64_t>(1, retry_after_s.value_or(usual_s)));
}

CaptureCore::Inner::Inner(CoreOptions given)
    : options(std::move(given)),
      exchange(*options.plan.exchange),
      interpreter(interpreter_of(exchange, options)),
      reaction(streams, options.tap),
      random(options.seed),
      connects(exchange.limits.connects_per_second),
      rest({.snapshot_weight = snapshot_weight(exchange, options.plan.channel_options),
            .weight_per_minute = exchange.limits.snapshot_weight_per_minute,
            .answer_within = options.answer_within}),
      rest_url(rest_base(options.plan)),
      segments({.source = options.plan.source,
                .exchange = std::string(exchange.name),
                .limits = options.segment_limits,
                .position = options.position}) {
  for (PlannedConnection& planned : plan_connections(options.plan)) {
    slots.push_back({.planned = std::move(planned), .backoff = Backoff(options.reconnect)});
  }
}

void CaptureCore::Inner::observe(const CoreTime& time, CoreActions& actions) {
  const int64_t offset = time.wall.value - time.monotonic.count();
  wall = time.wall;
  now = std::max(now, time.monotonic);
  if (!clock_offset) clock_offset = offset;
  const int64_t step = offset - *clock_offset;
  if (std::abs(step) <= kNanosPerSecond) return;
  clock_offset = offset;
  journal({.type = RecordType::clock, .detail = std::to_string(step)}, actions);
  tell(CoreFact::Kind::clock_stepped,
       fmt::format("the wall clock stepped by {:.3f} s", static_cast<double>(step) * 1e-9),
       actions);
}

int64_t CaptureCore::Inner::journal(Record record, CoreActions& actions) {
  record.capture_time = wall;
  const SegmentPlan::Placement placement = segments.place(record);
  end_segment(placement.close, actions);
  if (placement.header) begin_segment(*placement.header, actions);
  if (record.type == RecordType::connect) record.connection = record.frame_seq;
  append(record, actions);
  interpreter.apply(record, reaction, reaction);
  return record.frame_seq;
}

void CaptureCore::Inner::append(const Record& record, CoreActions& actions) {
  line.clear();
  append_record_line(line, record);
  segment_bytes += static_cast<int64_t>(line.size());
  segments.set_segment_bytes(segment_bytes);
  actions.append(line, record);
}

void CaptureCore::Inner::begin_segment(const Record& record, CoreActions& actions) {
  segment_bytes = 0;
  open_segment = segments.segment();
  actions.begin_segment(open_segment);
  append(record, actions);
  if (options.tap == nullptr) return;
  const auto header = parse_segment_header(record.detail);
  DAEDALUS_CHECK(header.has_value());
  options.tap->begin_segment(*header, interpreter);
  if (!header->first_of_hour) return;
  interpreter.write_checkpoints({header->opened_ns}, record.frame_seq, *options.tap);
}

void CaptureCore::Inner::end_segment(const std::optional<Record>& close, CoreActions& actions) {
  if (!close) return;
  append(*close, actions);
  if (options.tap != nullptr) options.tap->end_segment(close->capture_time);
  actions.end_segment(open_segment);
}

void CaptureCore::Inner::tell(CoreFact::Kind kind, std::string text, CoreActions& actions) {
  actions.tell({kind, fmt::format("{}: {}", options.plan.source, std::move(text))});
}

void CaptureCore::Inner::start(CoreActions& actions) {
  journal({.type = RecordType::start, .detail = "live"}, actions);
  if (options.ask_instruments && !rest_url.empty() && !exchange.instruments_path().empty()) {
    rest.want_instruments(now);
  }
  next_silent_check = now + kSilentCheckEvery;
  run_deadlines(actions);
}

void CaptureCore::Inner::take(FrameReceived& frame, CoreActions& actions) {
  const auto link = links.find(frame.link);
  DAEDALUS_CHECK(link != links.end());
  ++statistics.frames;
  statistics.frame_bytes += static_cast<int64_t>(frame.payload.size());
  journal({.type = RecordType::recv,
           .connection = link->second.connection,
           .is_binary = frame.is_binary,
           .payload = std::move(frame.payload)},
          actions);
}

void CaptureCore::Inner::take(HttpAnswered& answer, CoreActions& actions) {
  const auto asked = urls.find(answer.request);
  DAEDALUS_CHECK(asked != urls.end());
  const std::string url = std::move(asked->second);
  urls.erase(asked);
  const bool good = answer.status == 200;
  const auto request = rest.on_answer(answer.request, good, now, draw());
  DAEDALUS_CHECK(request.has_value());
  const bool is_instruments = request->symbol_native.empty();
  const std::string what =
      is_instruments ? "the list of instruments"
                     : "the snapshot of " + symbol_title(exchange, request->symbol_native);
  if (answer.status == 0) {
    tell(CoreFact::Kind::request_failed, what + ": " + answer.failure, actions);
    return;
  }
  const std::string said = good ? "" : beginning(answer.body);
  if (good && is_instruments) name_unknown_symbols(answer.body, url, actions);
  journal({.type = RecordType::http,
           .status = answer.status,
           .url = url,
           .payload = std::move(answer.body)},
          actions);
  if (!good) {
    tell(CoreFact::Kind::refused,
         fmt::format("{}: {}{}{}", what,
                     explain_refusal(exchange, answer.status, answer.retry_after_s),
                     said.empty() ? "" : "; it says: ", said),
         actions);
    rest.hold_until(now + hold_after(answer.status, answer.retry_after_s));
  }
}

void CaptureCore::Inner::take(TimerTick&, CoreActions& actions) {
  end_segment(segments.tick(wall), actions);
}

void CaptureCore::Inner::take(DiskReport& report, CoreActions& actions) {
  if (!report.free_mb || *report.free_mb >= options.min_free_mb) return;
  journal({.type = RecordType::disk, .detail = fmt::format("{} MB free", *report.free_mb)},
          actions);
  tell(CoreFact::Kind::disk_low,
       fmt::format("only {} MB of disk are free, min_free_mb is {}: capture stops in good order",
                   *report.free_mb, options.min_free_mb),
       actions);
  stop("the disk is nearly full", actions);
}

void CaptureCore::Inner::take(QueueWasFull& full, CoreActions& actions) {
  journal({.type = RecordType::backpressure, .detail = std::to_string(full.waited.count())},
          actions);
}

void CaptureCore::Inner::take(StopRequested& request, CoreActions& actions) {
  stop(request.why, actions);
}

void CaptureCore::Inner::stop(const std::string& why, CoreActions& actions) {
  for (const auto& [id, link] : links) actions.close_connection(id);
  journal({.type = RecordType::stop, .detail = why}, actions);
  end_segment(segments.finish(wall), actions);
  stopped = true;
  tell(CoreFact::Kind::stopped, "stopped: " + why, actions);
}

void CaptureCore::Inner::name_unknown_symbols(std::string_view body, std::string_view url,
                                              CoreActions& actions) {
  InstrumentNames listed;
  ConnectionState no_state;
  const auto parsed = exchange.parse({.payload = body, .url = url}, no_state, listed);
  if (!parsed || listed.names.empty()) return;  // The interpreter reports what cannot be parsed.
  std::set<std::string> unknown;
  for (const Subscription& stream : options.plan.streams) {
    if (!listed.names.contains(stream.symbol_native)) unknown.insert(stream.symbol_native);
  }
  for (const std::string& symbol : unknown) {
    tell(CoreFact::Kind::unknown_symbol,
         fmt::format("{} is not in the venue's list of instruments: delisted, or no symbol of {}",
                     symbol_title(exchange, symbol), exchange.name),
         actions);
  }
}

void CaptureCore::Inner::run_deadlines(CoreActions& actions) {
  if (stopped) return;
  react(actions);
  open_due_connections(actions);
  send_due_frames(actions);
  run_rest(actions);
  name_silent_streams(actions);
  react(actions);
  deadline = find_deadline();
}

void CaptureCore::Inner::run_rest(CoreActions& actions) {
  for (const RestRequest& late : rest.take_overdue(now, draw())) {
    const std::string title = late.symbol_native.empty() ? "instruments" : late.symbol_native;
    journal({.type = RecordType::timer, .detail = "snapshot_late " + title}, actions);
    tell(CoreFact::Kind::request_failed,
         fmt::format(
             "no answer for the snapshot of {} within {} s; asking again", title,
             std::chrono::duration_cast<std::chrono::seconds>(options.answer_within).count()),
         actions);
  }
  for (const RestRequest& due : rest.take_due(now)) {
    const std::string path =
        due.symbol_native.empty()
            ? exchange.instruments_path()
            : exchange.snapshot_path(due.symbol_native, options.plan.channel_options);
    const std::string& url = urls[due.id] = rest_url + path;
    actions.http_get(due.id, url);
  }
}

void CaptureCore::Inner::name_silent_streams(CoreActions& actions) {
  if (now < next_silent_check) return;
  next_silent_check = now + kSilentCheckEvery;
  const auto silent = streams.take_silent(now, options.silent_after, options.silent_repeat);
  if (silent.empty()) return;
  std::string names;
  for (size_t i = 0; i < std::min<size_t>(silent.size(), 20); ++i) {
    names +=
        fmt::format("{}{} {}", i == 0 ? "" : ", ", symbol_title(exchange, silent[i].symbol_native),
                    channel_name(silent[i].channel));
  }
  if (silent.size() > 20) names += fmt::format(" and {} more", silent.size() - 20);
  tell(CoreFact::Kind::silent,
       fmt::format("{} of {} streams asked for have delivered nothing: {}", silent.size(),
                   options.plan.streams.size(), names),
       actions);
}

Nanoseconds CaptureCore::Inner::find_deadline() {
  Nanoseconds next = next_silent_check;
  for (const Slot& slot : slots) {
    if (slot.phase == Phase::waiting)
      next = std::min(next, std::max(slot.at, connects.next_allowed()));
    if (slot.phase == Phase::open && !slot.unsent.empty()) next = std::min(next, slot.at);
  }
  if (const auto at = rest.next_deadline(now)) next = std::min(next, *at);
  return next;
}

CaptureCore::CaptureCore(CoreOptions options)
    : inner_(std::make_unique<Inner>(std::move(options))) {}
CaptureCore::CaptureCore(CaptureCore&&) noexcept = default;
CaptureCore::~CaptureCore() = default;

void CaptureCore::start(const CoreTime& time, CoreActions& actions) {
  inner_->observe(time, actions);
  inner_->start(actions);
}

void CaptureCore::step(const CoreTime& time, CoreInput input, CoreActions& actions) {
  if (inner_->stopped) return;
  inner_->observe(time, actions);
  std::visit([&](auto& what) { inner_->take(what, actions); }, input);
  const bool quiet = std::holds_alternative<FrameReceived>(input) && inner_->reaction.empty();
  if (!quiet || inner_->now >= inner_->deadline) inner_->run_deadlines(actions);
}

std::optional<Nanoseconds> CaptureCore::next_deadline() const {
  if (inner_->stopped) return std::nullopt;
  return inner_->deadline;
}

bool CaptureCore::stopped() const {
  return inner_->stopped;
}
JournalPosition CaptureCore::position() const {
  return {.newest_segment = inner_->segments.segment(),
          .next_frame_seq = inner_->segments.next_frame_seq(),
          .last_capture_time = inner_->segments.last_capture_time()};
}
const Interpreter& CaptureCore::interpreter() const {
  return inner_->interpreter;
}

CoreStatistics CaptureCore::statistics() const {
  CoreStatistics result = inner_->statistics;
  result.connections_planned = inner_->slots.size();
  result.connections_open = std::ranges::count(inner_->slots, Phase::open, &Slot::phase);
  result.streams_asked = inner_->options.plan.streams.size();
  result.streams_flowing = inner_->streams.flowing_count();
  result.snapshots_waiting = inner_->rest.waiting_count();
  return result;
}

LogLevel fact_level(CoreFact::Kind kind) {
  switch (kind) {
    case CoreFact::Kind::connected:
    case CoreFact::Kind::subscribed:
    case CoreFact::Kind::gap_closed:
    case CoreFact::Kind::notice:
    case CoreFact::Kind::stopped:
      return LogLevel::info;
    case CoreFact::Kind::disk_low:
      return LogLevel::error;
    default:
      return LogLevel::warning;
  }
}

}  // namespace daedalus
