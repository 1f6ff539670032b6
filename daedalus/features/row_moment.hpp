#pragma once

#include <span>

#include "daedalus/base/time.hpp"
#include "daedalus/features/book_event.hpp"
#include "daedalus/features/book_image.hpp"

namespace daedalus {

/// What a row of silver/orderbook is about.
struct RowMoment {
  UnixNanos label;
  /// On the grid a row knows what came before its label; per event, up to and with it.
  bool is_per_event = false;
  bool is_first_after_gap = false;
  const BookImage& book;
  const FlowTotals& flow;                  ///< Order flow until this moment.
  std::span<const double> window_returns;  ///< ln(m(t) / m(t - h)) by rolling window; or null.
};

}  // namespace daedalus
