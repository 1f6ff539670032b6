#include "daedalus/simulate/venue_service.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>

namespace daedalus {
namespace {

/// Queued for one client: over it, the venue holds back.
constexpr size_t kPendingLimit = size_t{4} << 20;
constexpr Nanoseconds kLongestSleep{20'000'000};
constexpr Nanoseconds kFullSleep{2'000'000};

class SocketVenue final : public VenueService, public VenueOutbox {
 public:
  SocketVenue(IoLoop& loop, VenueServer& server, std::function<UnixNanos()> clock)
      : loop_(loop), server_(server), clock_(std::move(clock)) {}

  ~SocketVenue() override {
    *alive_ = false;
    // Nothing of ours runs on the loop's thread behind this task.
    run([this](VenueOutbox&) { listener_.reset(); });
  }

  Result<void> listen(const ServerOptions& options) {
    DAEDALUS_TRY(listener_, Server::listen(loop_, options, handlers()));
    schedule(Nanoseconds(0));
    return {};
  }

  uint16_t port() const override { return listener_->port(); }
  void run(const std::function<void(VenueOutbox&)>& task) override {
    std::promise<void> done;
    loop_.post([&] {
      task(*this);
      done.set_value();
    });
    done.get_future().wait();
  }
  size_t pending_bytes() const override {
    size_t pending = 0;
    for (const auto& [id, session] : sessions_) pending += session->pending_bytes();
    return pending;
  }
  size_t connections() const override { return sessions_.size(); }
  void close_all() override {
    for (const auto& [id, session] : sessions_) session->close();
  }

  void send(int64_t connection, std::string frame, UnixNanos) override {
    const auto found = sessions_.find(connection);
    if (found == sessions_.end()) return;
    found->second->send(std::move(frame));
    if (found->second->pending_bytes() > kPendingLimit) full_ = true;
  }
  void close(int64_t connection, std::string_view, UnixNanos) override {
    const auto found = sessions_.find(connection);
    if (found != sessions_.end()) found->second->close();
  }
  void answer(int64_t request, int status, std::string body, UnixNanos) override {
    const auto found = answers_.find(request);
    if (found == answers_.end()) return;
    const auto answer = std::move(found->second);
    answers_.erase(found);
    answer({.status = status, .body = std::move(body)});
  }
  bool is_full() const override { return full_; }

 private:
  using Answer = std::function<void(HttpResponse)>;

  ServerHandlers handlers() {
    ServerHandlers handlers;
    handlers.on_http = [this](const ServerRequest& request, Answer answer) {
      const int64_t id = next_request_++;
      answers_[id] = std::move(answer);
      server_.on_http(id, request.target, clock_(), *this);
    };
    handlers.on_open = [this](std::shared_ptr<ServerSession> session,
                              const ServerRequest& request) {
      const auto id = static_cast<int64_t>(session->id());
      sessions_[id] = std::move(session);
      server_.on_open(id, request.target, clock_(), *this);
    };
    handlers.on_frame = [this](ServerSession& session, std::string_view frame) {
      server_.on_frame(static_cast<int64_t>(session.id()), frame, clock_(), *this);
    };
    handlers.on_closed = [this](ServerSession& session) {
      server_.on_closed(static_cast<int64_t>(session.id()));
      sessions_.erase(static_cast<int64_t>(session.id()));
    };
    handlers.on_drained = [this](ServerSession&) {
      if (full_) schedule(Nanoseconds(0));
    };
    return handlers;
  }

  /// One pump is scheduled at a time; a sooner one takes the place of a later one.
  void schedule(Nanoseconds delay) {
    const int64_t turn = ++turn_;
    auto task = [this, alive = alive_, turn] {
      if (*alive && turn == turn_) pump();
    };
    if (delay.count() <= 0) {
      loop_.post(std::move(task));
    } else {
      loop_.after(delay, std::move(task));
    }
  }

  void pump() {
    full_ = std::any_of(sessions_.begin(), sessions_.end(), [](const auto& entry) {
      return entry.second->pending_bytes() > kPendingLimit;
    });
    const UnixNanos now = clock_();
    server_.advance(now, *this);
    if (full_) return schedule(kFullSleep);
    const auto next = server_.next_time();
    const Nanoseconds wait = next ? *next - clock_() : kLongestSleep;
    schedule(std::clamp(wait, Nanoseconds(0), kLongestSleep));
  }

  IoLoop& loop_;
  VenueServer& server_;
  std::function<UnixNanos()> clock_;
  std::shared_ptr<std::atomic<bool>> alive_ = std::make_shared<std::atomic<bool>>(true);
  std::unique_ptr<Server> listener_;
  std::map<int64_t, std::shared_ptr<ServerSession>> sessions_;
  std::map<int64_t, Answer> answers_;
  int64_t next_request_ = 1;
  std::atomic<int64_t> turn_{0};
  bool full_ = false;
};

}  // namespace

Result<std::unique_ptr<VenueService>> VenueService::start(IoLoop& loop,
                                                          const ServerOptions& options,
                                                          VenueServer& server,
                                                          std::function<UnixNanos()> clock) {
  auto service = std::make_unique<SocketVenue>(loop, server, std::move(clock));
  DAEDALUS_OK(service->listen(options));
  return service;
}

}  // namespace daedalus
