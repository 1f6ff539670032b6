#include "daedalus/cli/commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "daedalus/capture/planner.hpp"
#include "daedalus/cli/settings.hpp"

namespace daedalus {
namespace {

int check(const GlobalOptions& global) {
  const auto path = find_config(global.config);
  const auto config = load_settings(global);
  if (!config) return report_error(config.error());
  std::vector<SourcePlan> plans;
  for (const SourceConfig& source : config->sources) {
    auto plan = plan_source(source);
    if (!plan) return report_error(plan.error());
    plans.push_back(*std::move(plan));
  }
  if (const auto single = check_overlaps(plans); !single) return report_error(single.error());
  fmt::print("{}: good\n", path ? *path : "no config file, the defaults");
  fmt::print("  data_root: {}\n", config->data_root);
  for (const SourceConfig& source : config->sources) {
    fmt::print("  source {}: {}, {} symbols ({}), channels {}\n", source.name, source.exchange,
               source.symbols.size(), fmt::join(source.symbols, " "),
               fmt::join(source.channels, " "));
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
