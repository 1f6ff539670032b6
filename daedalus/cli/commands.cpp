#include "daedalus/cli/commands.hpp"

namespace daedalus {

const std::vector<CommandEntry>& all_commands() {
  static const std::vector<CommandEntry> kCommands = {
      {"config", "Checks the config", declare_config},
      {"etl", "Turns bronze into silver and gold", declare_etl},
      {"import", "Turns other recorders' files into journal and bronze", declare_import},
      {"seal", "Turns journal segments into bronze by hand", declare_seal},
  };
  return kCommands;
}

}  // namespace daedalus
