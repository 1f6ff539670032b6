#include "daedalus/cli/commands.hpp"

namespace daedalus {

const std::vector<CommandEntry>& all_commands() {
  static const std::vector<CommandEntry> kCommands = {
      {"bars", "Builds bars of time, volume, dollars, ticks or imbalance over bronze",
       declare_bars},
      {"config", "Checks the config", declare_config},
      {"demo", "Market data in, features out, without a network", declare_demo},
      {"etl", "Turns bronze into silver and gold", declare_etl},
      {"features", "Lists every column that the config gives, with its definition",
       declare_features},
      {"import", "Turns other recorders' files into journal and bronze", declare_import},
      {"check-live", "One connection to the real venue: what flows, or its refusal",
       declare_check_live},
      {"ingest", "Captures market data", declare_ingest},
      {"query", "Asks SQL over the data, or opens a shell with its tables", declare_query},
      {"replay", "Serves a recording as the exchange itself", declare_replay},
      {"seal", "Turns journal segments into bronze by hand", declare_seal},
      {"simulate", "An exchange that exists only here, in a venue's own protocol",
       declare_simulate},
  };
  return kCommands;
}

}  // namespace daedalus
