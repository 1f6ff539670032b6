#include "daedalus/etl/etl_run.hpp"

#include <algorithm>

namespace daedalus {

Result<EtlRun::PassResult> EtlRun::pass() {
  PassResult result;
  DAEDALUS_TRY(const auto known, list_sources(options_.root));
  for (const std::string& source : options_.sources) {
    if (std::find(known.begin(), known.end(), source) == known.end()) {
      options_.tell(fmt::format("source {} has no segments under {}", source, options_.root.path));
      ++result.failed_sources;
    }
  }
  for (const std::string& source : known) {
    const bool is_wanted = options_.sources.empty() ||
                           std::find(options_.sources.begin(), options_.sources.end(), source) !=
                               options_.sources.end();
    const int64_t left = options_.limit - result.summary.segments;
    if (!is_wanted || (options_.limit > 0 && left <= 0) || options_.stopping()) continue;
    const auto summary = pass_source(source, options_.limit > 0 ? left : 0);
    if (!summary) {
      options_.tell(fmt::format("source {}: {}", source, summary.error().message));
      ++result.failed_sources;
      runs_.erase(source);
      continue;
    }
    result.summary.add(*summary);
  }
  return result;
}

Result<EtlSummary> EtlRun::pass_source(const std::string& source, int64_t limit) {
  auto& run = runs_[source];
  if (!run) {
    run = std::make_unique<SourceRun>(options_, source);
    DAEDALUS_OK(run->open());
  }
  return run->pass(limit);
}

}  // namespace daedalus
