#pragma once

#include "daedalus/config/config.hpp"
#include "daedalus/features/parameters.hpp"

namespace daedalus {

/// The parameters that section `features:` asks for. Errors: config, naming the key.
Result<FeatureParameters> feature_parameters(const FeaturesConfig& config);

}  // namespace daedalus
