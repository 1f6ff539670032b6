#pragma once

#include <cstdint>

#include "daedalus/base/error.hpp"
#include "daedalus/config/config.hpp"

namespace daedalus {

/// What a capture of the demo brought in.
struct DemoCapture {
  int64_t frames = 0;
  int64_t segments = 0;
};

/// Ten minutes of a simulated Coinbase, in simulated time that ends now, through the real capture
/// core, journal and sealing. One connection falls on the way, so that there is a gap to see.
Result<DemoCapture> capture_simulated_time(const Config& config, int64_t minutes);

/// A simulated Binance on a loopback port, captured by the real pipeline over real sockets.
Result<DemoCapture> capture_live(const Config& config, int64_t seconds);

}  // namespace daedalus
