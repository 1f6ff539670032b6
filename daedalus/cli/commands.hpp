#pragma once

#include "daedalus/cli/command.hpp"

namespace daedalus {

/// One a command, each in `<name>_command.cpp`.
std::function<int()> declare_bars(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_config(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_demo(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_etl(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_features(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_import(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_check_live(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_ingest(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_query(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_replay(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_seal(CLI::App& app, const GlobalOptions& global);
std::function<int()> declare_simulate(CLI::App& app, const GlobalOptions& global);

}  // namespace daedalus
