#pragma once

#include "daedalus/config/config.hpp"
#include "daedalus/features/parameters.hpp"

namespace daedalus {

/// The parameters that section `features:` asks for, and for each channel its processor_options.
/// Errors: config, naming the key.
Result<EngineParameters> feature_parameters(const Config& config);

}  // namespace daedalus
