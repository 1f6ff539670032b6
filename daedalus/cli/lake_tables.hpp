#pragma once

#include <string>
#include <vector>

#include "daedalus/config/config.hpp"
#include "daedalus/lake/views.hpp"

namespace daedalus {

/// The tables of a data root as queries see them, with the columns that the config's features give.
/// Errors: config, io.
Result<std::vector<LakeView>> lake_tables(const Config& config);

}  // namespace daedalus
