#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daedalus/base/time.hpp"
#include "daedalus/journal/segment_writer.hpp"

namespace daedalus {

struct JournalThreadOptions {
  std::string folder;  ///< raw/active/<source>; it exists.
  /// No line is in memory for longer than this before its write begins; 0: written at once.
  Nanoseconds flush_after = std::chrono::milliseconds(500);
  int64_t flush_bytes = int64_t{4} << 20;    ///< Or as soon as there are so many.
  int64_t memory_bytes = int64_t{64} << 20;  ///< With so many, `append` waits for the disk.
  Nanoseconds free_space_every = std::chrono::seconds(5);
};

/// All run on the journal's thread.
struct JournalThreadHandlers {
  std::function<void(int64_t frame_seq)> on_flushed;  ///< All up to here is on disk.
  std::function<void(int64_t free_mb)> on_free_space;
  std::function<void(const std::string& segment)> on_segment_closed;
  std::function<void(const Error& error)> on_error;  ///< At most once; nothing is written after it.
};

/// Writes one source's journal: lines come in from the core's thread and go to disk, compressed and
/// synced, on a thread of its own, so that a slow disk does not hold up reading. When the disk is
/// slower than the lines for long, `append` waits: back-pressure.
class JournalThread {
 public:
  JournalThread(JournalThreadOptions options, JournalThreadHandlers handlers);
  ~JournalThread();  ///< As finish().

  void begin_segment(const std::string& name);
  void append(std::string_view line, int64_t frame_seq);
  void end_segment(const std::string& name);
  /// Writes what is left and ends the thread.
  void finish();

 private:
  struct Step {
    enum class Kind { begin, lines, end };
    Kind kind = Kind::lines;
    std::string text;       ///< The segment's name, or lines.
    int64_t frame_seq = 0;  ///< Of the last line.
  };

  void run();
  Result<void> carry_out(Step& step);
  void report_free_space();
  void add_step(Step step);

  const JournalThreadOptions options_;
  const JournalThreadHandlers handlers_;
  std::optional<SegmentWriter> writer_;  ///< The thread's own.

  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable room_;
  std::vector<Step> steps_;                       ///< Guarded by mutex_.
  int64_t bytes_ = 0;                             ///< Guarded by mutex_. Of lines in steps_.
  bool urgent_ = false;                           ///< Guarded by mutex_. Do not wait for more.
  bool finishing_ = false;                        ///< Guarded by mutex_.
  bool failed_ = false;                           ///< Guarded by mutex_.
  std::chrono::steady_clock::time_point oldest_;  ///< Guarded by mutex_. Of the lines in steps_.
  std::chrono::steady_clock::time_point next_space_check_;  ///< The thread's own.
  std::thread thread_;
};

}  // namespace daedalus
