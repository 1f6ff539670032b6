#include "daedalus/cli/command.hpp"

namespace daedalus {

const std::vector<CommandEntry>& all_commands() {
  static const std::vector<CommandEntry> kCommands = {};
  return kCommands;
}

}  // namespace daedalus
