#pragma once

#include <string>
#include <vector>

#include "daedalus/capture/planner.hpp"
#include "daedalus/net/client.hpp"

namespace daedalus {

struct LiveCheckOptions {
  SourcePlan plan;
  NetworkOptions network;
  Nanoseconds duration =
      std::chrono::seconds(30);  ///< It ends earlier once every stream flowed for 3 s.
};

/// What came of one stream.
struct StreamCheck {
  std::string symbol;
  Channel channel = Channel::orderbook;
  int64_t messages = 0;
  bool book_without_image = false;          ///< Deltas alone: there is no book that they change.
  std::optional<double> median_latency_ms;  ///< Capture time minus the venue's time.
  std::optional<double> largest_latency_ms;
};

inline bool is_good(const StreamCheck& stream) {
  return stream.messages > 0 && !stream.book_without_image;
}

struct LiveCheckReport {
  std::vector<StreamCheck> streams;  ///< All that were asked for.
  std::vector<std::string> told;     ///< Refusals and other news, in words, in their order.
  int64_t unparsable = 0;
  bool connected = false;
  bool all_good() const;
};

/// Asks a venue for streams as the capture does, writes nothing, and says what came.
LiveCheckReport check_live(const LiveCheckOptions& options);

}  // namespace daedalus
