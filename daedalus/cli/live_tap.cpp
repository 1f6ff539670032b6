#include "daedalus/cli/live_tap.hpp"

#include "daedalus/base/log.hpp"
#include "daedalus/capture/seal_settings.hpp"
#include "daedalus/etl/feature_config.hpp"
#include "daedalus/etl/live_features.hpp"

namespace daedalus {

Result<RowTapMaker> live_tap_maker(const Config& config, LiveChannel& channel) {
  DAEDALUS_TRY(const EngineParameters parameters, feature_parameters(config));
  return RowTapMaker([=, &channel](const SourcePlan& plan) -> Result<std::unique_ptr<RowTap>> {
    DAEDALUS_TRY(const SealOptions seal, seal_settings(config, plan.source, *plan.exchange));
    LiveFeaturesOptions options{.seal = seal,
                                .parameters = parameters,
                                .tell = [](const std::string& line) { log_info("{}", line); }};
    DAEDALUS_TRY(auto live, LiveFeatures::open(std::move(options), channel));
    return std::unique_ptr<RowTap>(std::move(live));
  });
}

}  // namespace daedalus
