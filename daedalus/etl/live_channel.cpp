#include "daedalus/etl/live_channel.hpp"

#include <functional>

namespace daedalus {
namespace {

size_t sum_of(const EngineTables& tables, const std::function<size_t(const Table&)>& measure) {
  size_t sum = measure(tables.orderbook) + measure(tables.trades) + measure(tables.ticker);
  for (const BarTable& bars : tables.bars) sum += measure(bars.table);
  return sum;
}

}  // namespace

void LiveChannel::push(LiveRows rows) {
  const size_t bytes = sum_of(rows.tables, [](const Table& table) { return table.bytes(); });
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  // Ends of segments stay: they cost nothing, and a writer closes its files by them.
  for (auto entry = entries_.begin(); entry != entries_.end() && bytes_ + bytes > byte_limit_;) {
    if (entry->rows.is_segment_end) {
      ++entry;
      continue;
    }
    bytes_ -= entry->bytes;
    dropped_rows_ += static_cast<int64_t>(
        sum_of(entry->rows.tables, [](const Table& table) { return table.rows(); }));
    entry = entries_.erase(entry);
  }
  bytes_ += bytes;
  entries_.push_back({std::move(rows), bytes});
  has_rows_.notify_one();
}

std::vector<LiveRows> LiveChannel::pop_all(std::chrono::nanoseconds patience) {
  std::unique_lock lock(mutex_);
  has_rows_.wait_for(lock, patience, [&] { return closed_ || !entries_.empty(); });
  std::vector<LiveRows> taken;
  taken.reserve(entries_.size());
  for (Entry& entry : entries_) taken.push_back(std::move(entry.rows));
  entries_.clear();
  bytes_ = 0;
  return taken;
}

void LiveChannel::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  has_rows_.notify_all();
}

bool LiveChannel::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

int64_t LiveChannel::dropped_rows() const {
  const std::lock_guard lock(mutex_);
  return dropped_rows_;
}

}  // namespace daedalus
