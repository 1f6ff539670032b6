#include "daedalus/cli/source_arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "daedalus/base/nearest_name.hpp"

namespace daedalus {
namespace {

Result<void> keep_named(const std::vector<std::string>& names, std::vector<SourceConfig>& sources) {
  std::vector<SourceConfig> kept;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(sources, name, &SourceConfig::name);
    if (found == sources.end()) {
      std::vector<std::string> known;
      for (const SourceConfig& source : sources) known.push_back(source.name);
      const std::string nearest = nearest_name(name, known);
      return fail(ErrorKind::config, "the config has no source \"{}\"{}", name,
                  nearest.empty() ? "" : "; did you mean " + nearest + "?");
    }
    kept.push_back(*found);
  }
  sources = std::move(kept);
  return {};
}

}  // namespace

void declare_source_arguments(CLI::App& app, SourceArguments& arguments) {
  app.add_option("--exchange", arguments.exchange, "A venue, instead of the config's sources");
  app.add_option("--symbols", arguments.symbols, "Comma-separated: BTC-USD,ETH-USD")
      ->delimiter(',');
  app.add_option("--channels", arguments.channels, "Comma-separated: orderbook,trades,ticker")
      ->delimiter(',');
  app.add_option("--sources,--source", arguments.sources, "Only these sources of the config")
      ->delimiter(',');
  app.add_option("--endpoint", arguments.endpoint, "WebSocket URL instead of the venue's");
  app.add_option("--rest-endpoint", arguments.rest_endpoint,
                 "REST base URL instead of the venue's");
}

Result<void> apply_source_arguments(const SourceArguments& arguments, Config& config) {
  if (!arguments.sources.empty()) DAEDALUS_OK(keep_named(arguments.sources, config.sources));
  if (!arguments.exchange.empty()) {
    config.sources = {{.name = arguments.exchange, .exchange = arguments.exchange}};
  }
  if (config.sources.empty()) {
    return fail(ErrorKind::config,
                "no sources: write a config.yaml, or name them, for example "
                "--exchange coinbase --symbols BTC-USD,ETH-USD");
  }
  const bool overrides =
      !arguments.symbols.empty() || !arguments.endpoint.empty() || !arguments.rest_endpoint.empty();
  if (overrides && config.sources.size() > 1) {
    return fail(
        ErrorKind::config,
        "--symbols, --endpoint and --rest-endpoint are for one source; choose it with --source");
  }
  for (SourceConfig& source : config.sources) {
    if (!arguments.symbols.empty()) source.symbols = arguments.symbols;
    if (!arguments.channels.empty()) source.channels = arguments.channels;
    if (!arguments.endpoint.empty()) source.endpoint = arguments.endpoint;
    if (!arguments.rest_endpoint.empty()) source.rest_endpoint = arguments.rest_endpoint;
  }
  return {};
}

LogLevel log_level_of(const std::string& name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "warning") return LogLevel::warning;
  if (name == "error") return LogLevel::error;
  return LogLevel::info;
}

}  // namespace daedalus
