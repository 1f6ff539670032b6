#pragma once

#include "daedalus/base/error.hpp"
#include "daedalus/capture/pipeline.hpp"
#include "daedalus/config/config.hpp"
#include "daedalus/etl/live_channel.hpp"

namespace daedalus {

/// Live features for each source of a capture: their rows go to `channel`, which lives longer.
/// Errors of the call: config.
Result<RowTapMaker> live_tap_maker(const Config& config, LiveChannel& channel);

}  // namespace daedalus
