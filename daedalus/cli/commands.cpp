#include "daedalus/cli/commands.hpp"

namespace daedalus {

const std::vector<CommandEntry>& all_commands() {
  static const std::vector<CommandEntry> kCommands = {
      {"config", "Checks the config", declare_config},
  };
  return kCommands;
}

}  // namespace daedalus
