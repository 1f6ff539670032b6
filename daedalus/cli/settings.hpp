#pragma once

#include <string>

#include "daedalus/base/error.hpp"
#include "daedalus/cli/command.hpp"
#include "daedalus/config/config.hpp"

namespace daedalus {

/// The config that a command works with: the file of `--config`, else ./config.yaml, else
/// config/config.yaml, else the defaults; `--data-root` overrides its data_root. Errors: config.
Result<Config> load_settings(const GlobalOptions& global);

/// Prints the error as one line on stderr and gives the exit code that goes with its kind.
int report_error(const Error& error);

}  // namespace daedalus
