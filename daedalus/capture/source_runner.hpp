#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "daedalus/base/bounded_queue.hpp"
#include "daedalus/capture/core.hpp"
#include "daedalus/capture/journal_thread.hpp"
#include "daedalus/net/client.hpp"

namespace daedalus {

struct SourceRunnerOptions {
  CoreOptions core;
  JournalThreadOptions journal;
  NetworkOptions network;
  int64_t queue_bytes = int64_t{64} << 20;
};

/// On the source's own threads.
struct SourceRunnerHandlers {
  std::function<void(const CoreFact& fact)> on_fact;
  std::function<void(const std::string& segment)> on_segment_closed;
  std::function<void(const Error& error)> on_error;  ///< The disk failed; the source cannot go on.
};

struct SourceStatus {
  CoreStatistics core;
  size_t queue_bytes = 0;
  std::string segment;
  int64_t unflushed_records = 0;
  int64_t backpressure_count = 0;
};

/// Binds the capture core of one source to real sockets, clocks and a disk. Sockets are read on the
/// loop's thread into one bounded queue, the core runs on a thread of its own. When the queue is
/// full, the frame in hand is parked, its socket is read no further, and nothing overtakes it.
class SourceRunner : private CoreActions {
 public:
  /// Starts. The loop must be stopped before this is destroyed.
  SourceRunner(IoLoop& loop, SourceRunnerOptions options, SourceRunnerHandlers handlers);
  ~SourceRunner() override;

  /// Stops reading; what was read is journaled, then a stop record. Returns at once.
  void stop(const std::string& why);
  /// Everything is on disk and the threads have ended.
  bool finished() const { return finished_; }
  SourceStatus status() const;

 private:
  struct Item {
    CoreTime time;
    CoreInput input;
  };

  // The core's thread.
  void run();
  void begin_segment(const std::string& name) override;
  void append(std::string_view line, const Record& record) override;
  void end_segment(const std::string& name) override;
  void open_connection(int64_t link, const std::string& url) override;
  void close_connection(int64_t link) override;
  void send_frame(int64_t link, const std::string& text) override;
  void http_get(int64_t request, const std::string& url) override;
  void tell(const CoreFact& fact) override;
  void publish_status();

  // The loop's thread.
  void connect(int64_t link, const std::string& url);
  bool take_frame(int64_t link, std::string_view payload, bool is_binary);
  void take(CoreInput input);
  void tick();
  void unpark();
  void drop_sockets();

  IoLoop& loop_;  ///< Of the pipeline; its thread ends before this is destroyed.
  const SourceRunnerOptions options_;
  const SourceRunnerHandlers handlers_;
  BoundedQueue<Item> queue_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> finished_{false};
  std::atomic<bool> has_parked_{false};
  std::atomic<int64_t> flushed_seq_{0};
  std::atomic<int64_t> backpressure_count_{0};

  // The loop's thread only.
  std::map<int64_t, std::unique_ptr<WebSocketClient>> clients_;
  std::deque<Item> parked_;  ///< Behind a frame that found the queue full, in order.
  std::chrono::steady_clock::time_point parked_since_;

  mutable std::mutex status_mutex_;
  SourceStatus status_;  ///< Guarded by status_mutex_.

  CaptureCore core_;  ///< The core's thread only.
  JournalThread journal_;
  std::thread thread_;
};

}  // namespace daedalus
