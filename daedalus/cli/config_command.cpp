#include "daedalus/cli/commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "daedalus/capture/planner.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/etl/feature_config.hpp"

namespace daedalus {
namespace {

int check(const GlobalOptions& global) {
  const auto path = find_config(global.config);
  const auto config = load_settings(global);
  if (!config) return report_error(config.error());
  if (const auto features = feature_parameters(*config); !features) {
    return report_error(features.error());
  }
  std::vector<SourcePlan> plans;
  for (const SourceConfig& source : config->sources) {
    auto plan = plan_source(source);
    if (!plan) return report_error(plan.error());
    plans.push_back(*std::move(plan));
  }
  if (const auto single = check_overlaps(plans); !single) return report_error(single.error());
  fmt::print("{}: good\n", path ? *path : "no config file, the defaults");
  fmt::print("  data_root: {}\n", config->data_root);
  for (size_t i = 0; i < plans.size(); ++i) {
    const std::vector<std::string>& symbols = plans[i].symbols;
    fmt::print("  source {}: {}, {} symbols ({}), channels {}\n", plans[i].source,
               plans[i].exchange->name, symbols.size(), fmt::join(symbols, " "),
               fmt::join(config->sources[i].channels, " "));
  }
  if (config->sources.empty()) fmt::print("  no sources: ingest needs --exchange and --symbols\n");
  return kExitDone;
}

}  // namespace

std::function<int()> declare_config(CLI::App& app, const GlobalOptions& global) {
  app.require_subcommand(1);
  app.add_subcommand("check",
                     "Reads the config, checks every key and value, and says what it means");
  return [&global] { return check(global); };
}

}  // namespace daedalus
