#pragma once

#include <string>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/config/config.hpp"

namespace CLI {
class App;
}

namespace daedalus {

/// What the command line says about sources; it overrides the config.
struct SourceArguments {
  std::string exchange;  ///< A source of its own instead of the config's.
  std::vector<std::string> symbols;
  std::vector<std::string> channels;
  std::vector<std::string> sources;  ///< Names: only these of the config.
  std::string endpoint;
  std::string rest_endpoint;
};

void declare_source_arguments(CLI::App& app, SourceArguments& arguments);
/// Errors: config.
Result<void> apply_source_arguments(const SourceArguments& arguments, Config& config);

LogLevel log_level_of(const std::string& name);

}  // namespace daedalus
