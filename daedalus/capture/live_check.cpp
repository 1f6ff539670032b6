#include "daedalus/capture/live_check.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "daedalus/capture/core.hpp"

namespace daedalus {
namespace {

using Clock = std::chrono::steady_clock;
constexpr Nanoseconds kTickEvery = std::chrono::milliseconds(50);
constexpr Nanoseconds kSettle = std::chrono::seconds(3);

CoreTime time_now() {
  return {.wall = wall_clock_now(), .monotonic = Clock::now().time_since_epoch()};
}

/// Counts a frame's messages by stream.
class Counter : public EventSink {
 public:
  struct Count {
    int64_t messages = 0;
    std::vector<double> latencies_ms;
  };
  std::map<Subscription, Count> counts;
  UnixNanos capture_time;

  void on_connection_sequence(int64_t) override {}
  void on_book(const BookMessage& message) override {
    count(message.symbol_native, Channel::orderbook, message.time);
  }
  void on_trade(const Trade& trade) override {
    count(trade.symbol_native, Channel::trades, trade.is_history ? ExchangeTime{} : trade.time);
  }
  void on_ticker(const Ticker& ticker) override {
    count(ticker.symbol_native, Channel::ticker, ticker.time);
  }
  void on_other(const OtherMessage&) override {}
  void on_instrument(const Instrument&) override {}
  void on_control(const ControlMessage&) override {}

 private:
  void count(const std::string& symbol, Channel channel, const ExchangeTime& time) {
    Count& entry = counts[{symbol, channel}];
    ++entry.messages;
    if (time.exchange_us) {
      entry.latencies_ms.push_back(
          static_cast<double>(capture_time.value / 1000 - *time.exchange_us) / 1000);
    } else if (time.timestamp_ms) {
      entry.latencies_ms.push_back(
          static_cast<double>(capture_time.value / 1'000'000 - *time.timestamp_ms));
    }
  }
};

/// Runs the core on the loop's own thread; every input is posted, so that none comes inside
/// another.
class Check : private CoreActions {
 public:
  Check(IoLoop& loop, const LiveCheckOptions& options)
      : loop_(loop), options_(options), core_({.plan = options.plan}) {
    loop_.post([this] {
      {
        const std::lock_guard lock(mutex_);
        core_.start(time_now(), *this);
      }
      tick();
    });
  }

  /// Waits until the time is over or all flows.
  LiveCheckReport wait() {
    std::unique_lock lock(mutex_);
    done_.wait_for(lock, options_.duration, [&] { return settled_; });
    return report();
  }

  void end() {
    loop_.post([this] {
      ended_ = true;
      clients_.clear();
    });
  }

 private:
  void step(CoreInput input) {
    loop_.post([this, time = time_now(), input = std::move(input)]() mutable {
      if (ended_) return;
      const std::lock_guard lock(mutex_);
      core_.step(time, std::move(input), *this);
    });
  }

  void tick() {
    if (ended_) return;
    step(TimerTick{});
    const CoreStatistics now = core_.statistics();
    if (now.streams_flowing < now.streams_asked || !all_books_stand())
      all_since_.reset();
    else if (!all_since_)
      all_since_ = Clock::now();
    if (all_since_ && Clock::now() - *all_since_ > kSettle) {
      const std::lock_guard lock(mutex_);
      settled_ = true;
      done_.notify_one();
    }
    loop_.after(kTickEvery, [this] { tick(); });
  }

  bool book_stands(const Subscription& stream) const {
    BookMessage top;
    core_.interpreter().copy_book_top(stream.symbol_native, 1, top);
    return stream.channel != Channel::orderbook || !top.bids.empty() || !top.asks.empty();
  }
  bool all_books_stand() const {
    return std::ranges::all_of(options_.plan.streams,
                               [this](const Subscription& stream) { return book_stands(stream); });
  }

  void begin_segment(const std::string&) override {}
  void end_segment(const std::string&) override {}
  void append(std::string_view, const Record& record) override {
    if (record.type == RecordType::connect) connected_ = true;
    if (record.type != RecordType::recv) return;
    counter_.capture_time = record.capture_time;
    const RawFrame frame{.payload = record.payload, .is_binary = record.is_binary};
    (void)options_.plan.exchange->parse(frame, parser_states_[record.connection], counter_);
  }
  void open_connection(int64_t link, const std::string& url) override {
    WebSocketHandlers handlers;
    handlers.on_open = [this, link] { step(ConnectionOpened{.link = link}); };
    handlers.on_frame = [this, link](std::string_view payload, bool is_binary) {
      step(FrameReceived{.link = link, .payload = std::string(payload), .is_binary = is_binary});
      return true;
    };
    handlers.on_closed = [this, link](const NetworkFailure& why) {
      step(ConnectionEnded{.link = link,
                           .why = why.http_status == 0 ? why.message : beginning(why.body),
                           .http_status = why.http_status,
                           .retry_after_s = why.retry_after_s});
    };
    clients_[link] = WebSocketClient::connect(loop_, {.url = url, .network = options_.network},
                                              std::move(handlers));
  }
  void close_connection(int64_t link) override { clients_.at(link)->close(); }
  void send_frame(int64_t link, const std::string& text) override { clients_.at(link)->send(text); }
  void http_get(int64_t request, const std::string& url) override {
    daedalus::http_get(
        loop_, {.url = url, .network = options_.network},
        [this, request](Result<HttpResponse> response) {
          if (!response) {
            return step(HttpAnswered{.request = request, .failure = response.error().message});
          }
          step(HttpAnswered{.request = request,
                            .status = response->status,
                            .body = std::move(response->body),
                            .retry_after_s = response->retry_after_s});
        });
  }
  void tell(const CoreFact& fact) override { told_.push_back(fact.text); }

  LiveCheckReport report() {
    LiveCheckReport report{
        .told = told_, .unparsable = core_.statistics().unparsable, .connected = connected_};
    for (const Subscription& stream : options_.plan.streams) {
      Counter::Count& count = counter_.counts[stream];
      StreamCheck check{.symbol = symbol_title(*options_.plan.exchange, stream.symbol_native),
                        .channel = stream.channel,
                        .messages = count.messages,
                        .book_without_image = count.messages > 0 && !book_stands(stream)};
      std::ranges::sort(count.latencies_ms);
      if (!count.latencies_ms.empty()) {
        check.median_latency_ms = count.latencies_ms[count.latencies_ms.size() / 2];
        check.largest_latency_ms = count.latencies_ms.back();
      }
      report.streams.push_back(std::move(check));
    }
    return report;
  }

  IoLoop& loop_;  ///< Of check_live, as the options.
  const LiveCheckOptions& options_;
  std::mutex mutex_;
  std::condition_variable done_;
  bool settled_ = false;  ///< Guarded by mutex_, like all that `report` reads.
  bool connected_ = false;
  std::vector<std::string> told_;
  Counter counter_;
  std::map<int64_t, ConnectionState> parser_states_;
  CaptureCore core_;
  // The loop's thread only.
  bool ended_ = false;
  std::optional<Clock::time_point> all_since_;
  std::map<int64_t, std::unique_ptr<WebSocketClient>> clients_;
};

}  // namespace

bool LiveCheckReport::all_good() const {
  return std::ranges::all_of(streams, is_good);
}

LiveCheckReport check_live(const LiveCheckOptions& options) {
  IoLoop loop;
  Check check(loop, options);
  LiveCheckReport report = check.wait();
  check.end();
  loop.stop();
  return report;
}

}  // namespace daedalus
