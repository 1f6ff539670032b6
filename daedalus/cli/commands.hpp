#pragma once

#include "daedalus/cli/command.hpp"

namespace daedalus {

/// One a command, each in `<name>_command.cpp`.
std::function<int()> declare_config(CLI::App& app, const GlobalOptions& global);

}  // namespace daedalus
