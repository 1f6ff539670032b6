#pragma once

#include "daedalus/bronze/interpreter.hpp"
#include "daedalus/bronze/row_sink.hpp"
#include "daedalus/journal/record.hpp"

namespace daedalus {

/// Hears a source's bronze rows while they are captured, in the order and with the numbers that
/// sealing will give them. Called on the source's core thread: what it takes, capture waits for.
class RowTap : public RowSink {
 public:
  /// A segment begins with this `segment` line; `interpreter` is the one that gives the rows.
  virtual void begin_segment(const SegmentHeader& header, const Interpreter& interpreter) = 0;
  /// The segment's closing time has come.
  virtual void end_segment(UnixNanos closed) = 0;
};

}  // namespace daedalus
