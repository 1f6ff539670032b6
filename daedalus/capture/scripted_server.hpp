#pragma once

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <string>

#include "daedalus/capture/simulated_venue.hpp"
#include "daedalus/net/server.hpp"

namespace daedalus {

/// For tests: a scripted venue behind real sockets on loopback. The venue lives on the server's
/// thread; `with` is the way to it.
class ScriptedServer {
 public:
  explicit ScriptedServer(SimulatedVenue& venue, uint16_t port = 0) : venue_(venue) {
    ServerHandlers handlers;
    handlers.on_http = [this](const ServerRequest& request,
                              std::function<void(HttpResponse)> answer) {
      HttpAnswer said = venue_.on_http(request.target, wall_clock_now());
      loop_.after(said.delay, [said = std::move(said), answer] {
        answer({.status = said.status, .body = said.body, .retry_after_s = said.retry_after_s});
      });
    };
    handlers.on_upgrade = [this](const ServerRequest&) { return refuse_with.load(); };
    handlers.on_open = [this](std::shared_ptr<ServerSession> session,
                              const ServerRequest& request) {
      const auto id = static_cast<int64_t>(session->id());
      venue_.on_connect(id, request.target, wall_clock_now());
      sessions_[id] = std::move(session);
    };
    handlers.on_frame = [this](ServerSession& session, std::string_view frame) {
      venue_.on_frame_sent(static_cast<int64_t>(session.id()), frame, wall_clock_now());
    };
    handlers.on_closed = [this](ServerSession& session) {
      venue_.on_client_closed(static_cast<int64_t>(session.id()), wall_clock_now());
      sessions_.erase(static_cast<int64_t>(session.id()));
    };
    server_ = Server::listen(loop_, {.port = port}, std::move(handlers)).value();
    loop_.post([this] { pump(); });
  }
  ~ScriptedServer() {
    loop_.stop();
    server_.reset();
  }

  std::atomic<int> refuse_with{0};  ///< HTTP status for new connections; 0: taken.

  std::string websocket() const { return "ws://127.0.0.1:" + std::to_string(server_->port()); }
  std::string http() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  /// Runs on the venue's thread and waits for it.
  template <class Task>
  auto with(Task task) {
    std::packaged_task<decltype(task())()> work(std::move(task));
    auto result = work.get_future();
    loop_.post([&work] { work(); });
    return result.get();
  }

 private:
  void pump() {
    for (VenueEvent& event : venue_.take_until(wall_clock_now())) {
      const auto session = sessions_.find(event.connection);
      if (session == sessions_.end()) continue;
      if (event.kind == VenueEvent::Kind::closed)
        session->second->abort();
      else
        session->second->send(std::move(event.text));
    }
    loop_.after(std::chrono::milliseconds(2), [this] { pump(); });
  }

  SimulatedVenue& venue_;  ///< Of the test.
  IoLoop loop_;
  std::map<int64_t, std::shared_ptr<ServerSession>> sessions_;
  std::unique_ptr<Server> server_;
};

}  // namespace daedalus
