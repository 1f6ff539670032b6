#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace daedalus {

/// Exit codes of every command.
enum ExitCode : int { kExitDone = 0, kExitFailed = 1, kExitUsage = 2 };

/// What `--config` and `--data-root` said, for every command.
struct GlobalOptions {
  std::string config;     ///< Path; empty: ./config.yaml, config/config.yaml, or the defaults.
  std::string data_root;  ///< Empty: the config's.
};

/// One sub-command: declares its options on `app` and returns what runs once they are parsed; the
/// run's result is the exit code. One file a command, one line in commands.cpp.
using Command = std::function<int()> (*)(CLI::App& app, const GlobalOptions& global);

struct CommandEntry {
  const char* name;
  const char* summary;
  Command declare;
};

const std::vector<CommandEntry>& all_commands();

}  // namespace daedalus
