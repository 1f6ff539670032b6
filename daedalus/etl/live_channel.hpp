#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "daedalus/etl/state_store.hpp"
#include "daedalus/features/engine.hpp"

namespace daedalus {

/// Rows that a live engine gave, of one symbol and segment.
struct LiveRows {
  std::string source;
  std::string segment;
  SymbolKey symbol;
  EngineTables tables;
  /// The last of its source's segment; then without rows.
  bool is_segment_end = false;
};

/// Where live rows wait for who shows or writes them. Bounded in bytes: when it is full the oldest
/// rows go and are counted, for capture never waits for a reader of features. The ETL has them all.
class LiveChannel {
 public:
  explicit LiveChannel(size_t byte_limit) : byte_limit_(byte_limit) {}

  void push(LiveRows rows);
  /// Everything that waits, after waiting up to `patience` for something.
  std::vector<LiveRows> pop_all(std::chrono::nanoseconds patience);
  /// What is there can still be popped; nothing more comes.
  void close();
  bool closed() const;
  /// Rows of all tables that went because nobody took them.
  int64_t dropped_rows() const;

 private:
  struct Entry {
    LiveRows rows;
    size_t bytes = 0;
  };

  const size_t byte_limit_;
  mutable std::mutex mutex_;
  std::condition_variable has_rows_;
  std::deque<Entry> entries_;  ///< Guarded by mutex_, as the rest.
  size_t bytes_ = 0;
  int64_t dropped_rows_ = 0;
  bool closed_ = false;
};

}  // namespace daedalus
