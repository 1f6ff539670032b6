#include "daedalus/capture/source_runner.hpp"

namespace daedalus {
namespace {

/// How exactly the core's deadlines are kept.
constexpr Nanoseconds kTickEvery = std::chrono::milliseconds(50);
/// What an item takes in the queue besides its payload.
constexpr size_t kItemBytes = 128;

CoreTime time_now() {
  return {.wall = wall_clock_now(),
          .monotonic = std::chrono::steady_clock::now().time_since_epoch()};
}

CoreInput ended(int64_t link, const NetworkFailure& why) {
  return ConnectionEnded{.link = link,
                         .why = why.http_status == 0 ? why.message : beginning(why.body),
                         .http_status = why.http_status,
                         .retry_after_s = why.retry_after_s};
}

}  // namespace

SourceRunner::SourceRunner(IoLoop& loop, SourceRunnerOptions options, SourceRunnerHandlers handlers)
    : loop_(loop),
      options_(std::move(options)),
      handlers_(std::move(handlers)),
      queue_(static_cast<size_t>(options_.queue_bytes)),
      core_(options_.core),
      journal_(options_.journal,
               {.on_flushed = [this](int64_t seq) { flushed_seq_ = seq; },
                .on_free_space =
                    [this](int64_t free_mb) {
                      loop_.post([this, free_mb] { take(DiskReport{.free_mb = free_mb}); });
                    },
                .on_segment_closed = handlers_.on_segment_closed,
                .on_error = handlers_.on_error}),
      thread_([this] { run(); }) {
  loop_.post([this] { tick(); });
}

SourceRunner::~SourceRunner() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

void SourceRunner::stop(const std::string& why) {
  loop_.post([this, why] {
    if (stopping_.exchange(true)) return;
    drop_sockets();
    for (Item& item : parked_) queue_.push_always(std::move(item), kItemBytes);
    parked_.clear();
    queue_.push_always({time_now(), StopRequested{.why = why}}, kItemBytes);
  });
}

SourceStatus SourceRunner::status() const {
  const std::lock_guard lock(status_mutex_);
  SourceStatus status = status_;
  status.queue_bytes = queue_.cost();
  status.backpressure_count = backpressure_count_;
  return status;
}

void SourceRunner::run() {
  core_.start(time_now(), *this);
  while (!core_.stopped()) {
    std::vector<Item> items = queue_.pop_all(std::chrono::seconds(1));
    if (has_parked_) loop_.post([this] { unpark(); });
    if (items.empty() && queue_.closed()) break;
    for (Item& item : items) core_.step(item.time, std::move(item.input), *this);
    publish_status();
  }
  // The core may have stopped by itself.
  stopping_ = true;
  queue_.close();
  loop_.post([this] { drop_sockets(); });
  journal_.finish();
  publish_status();
  finished_ = true;
}

void SourceRunner::publish_status() {
  const JournalPosition position = core_.position();
  const std::lock_guard lock(status_mutex_);
  status_.core = core_.statistics();
  status_.segment = position.newest_segment;
  status_.unflushed_records = position.next_frame_seq - 1 - flushed_seq_;
}

void SourceRunner::begin_segment(const std::string& name) {
  journal_.begin_segment(name);
}
void SourceRunner::append(std::string_view line, const Record& record) {
  journal_.append(line, record.frame_seq);
}
void SourceRunner::end_segment(const std::string& name) {
  journal_.end_segment(name);
}
void SourceRunner::tell(const CoreFact& fact) {
  if (handlers_.on_fact) handlers_.on_fact(fact);
}

void SourceRunner::open_connection(int64_t link, const std::string& url) {
  loop_.post([this, link, url] { connect(link, url); });
}

void SourceRunner::close_connection(int64_t link) {
  loop_.post([this, link] {
    const auto client = clients_.find(link);
    if (client != clients_.end()) client->second->close();
  });
}

void SourceRunner::send_frame(int64_t link, const std::string& text) {
  loop_.post([this, link, text] {
    const auto client = clients_.find(link);
    if (client != clients_.end()) client->second->send(text);
  });
}

void SourceRunner::http_get(int64_t request, const std::string& url) {
  loop_.post([this, request, url] {
    if (stopping_) return;
    const auto done = [this, request](Result<HttpResponse> response) {
      if (!response)
        return take(HttpAnswered{.request = request, .failure = response.error().message});
      take(HttpAnswered{.request = request,
                        .status = response->status,
                        .body = std::move(response->body),
                        .retry_after_s = response->retry_after_s});
    };
    daedalus::http_get(loop_, {.url = url, .network = options_.network}, done);
  });
}

void SourceRunner::connect(int64_t link, const std::string& url) {
  if (stopping_) return;
  const Keepalive& keepalive = options_.core.plan.exchange->keepalive;
  WebSocketOptions socket{.url = url, .network = options_.network};
  socket.ping_interval = keepalive.client_ping_interval;
  socket.silence_limit = keepalive.silence_limit;
  WebSocketHandlers handlers;
  handlers.on_open = [this, link] { take(ConnectionOpened{.link = link}); };
  handlers.on_frame = [this, link](std::string_view payload, bool is_binary) {
    return take_frame(link, payload, is_binary);
  };
  handlers.on_closed = [this, link](const NetworkFailure& why) {
    take(ended(link, why));
    // Not inside the client's own call.
    loop_.post([this, link] { clients_.erase(link); });
  };
  clients_[link] = WebSocketClient::connect(loop_, std::move(socket), std::move(handlers));
}

bool SourceRunner::take_frame(int64_t link, std::string_view payload, bool is_binary) {
  Item item{time_now(),
            FrameReceived{.link = link, .payload = std::string(payload), .is_binary = is_binary}};
  if (parked_.empty() && queue_.try_push(item, payload.size() + kItemBytes)) return true;
  if (queue_.closed()) return true;
  if (parked_.empty()) parked_since_ = std::chrono::steady_clock::now();
  parked_.push_back(std::move(item));
  has_parked_ = true;
  return false;
}

void SourceRunner::take(CoreInput input) {
  if (stopping_) return;
  Item item{time_now(), std::move(input)};
  if (!parked_.empty()) {
    parked_.push_back(std::move(item));
    return;
  }
  size_t cost = kItemBytes;
  if (const auto* answer = std::get_if<HttpAnswered>(&item.input)) cost += answer->body.size();
  queue_.push_always(std::move(item), cost);
}

void SourceRunner::tick() {
  if (stopping_) return;
  if (parked_.empty()) {
    take(TimerTick{});
  } else {
    unpark();
  }
  loop_.after(kTickEvery, [this] { tick(); });
}

void SourceRunner::unpark() {
  if (parked_.empty() || stopping_) return;
  while (!parked_.empty()) {
    size_t cost = kItemBytes;
    const auto* frame = std::get_if<FrameReceived>(&parked_.front().input);
    if (frame != nullptr) cost += frame->payload.size();
    if (!queue_.try_push(parked_.front(), cost)) break;
    parked_.pop_front();
  }
  if (!parked_.empty()) return;
  has_parked_ = false;
  ++backpressure_count_;
  take(QueueWasFull{.waited = std::chrono::steady_clock::now() - parked_since_});
  for (const auto& [link, client] : clients_) client->resume_reading();
}

void SourceRunner::drop_sockets() {
  clients_.clear();
}

}  // namespace daedalus
