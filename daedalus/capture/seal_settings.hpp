#pragma once

#include <string>

#include "daedalus/base/error.hpp"
#include "daedalus/bronze/seal.hpp"
#include "daedalus/config/config.hpp"

namespace daedalus {

/// How a source is sealed by section `journal:` of the config. Errors: config.
Result<SealOptions> seal_settings(const Config& config, const std::string& source,
                                  const Exchange& exchange);

}  // namespace daedalus
