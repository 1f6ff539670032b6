#include <CLI/CLI.hpp>
#include <functional>

#include "daedalus/base/log.hpp"
#include "daedalus/base/version.hpp"
#include "daedalus/cli/command.hpp"

namespace daedalus {
namespace {

int run(int argc, char** argv) {
  CLI::App app{
      "Daedalus captures cryptocurrency market data and turns it into order-book features and "
      "bars.",
      "daedalus"};
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  GlobalOptions global;
  app.add_option("--config", global.config,
                 "Config file (default: ./config.yaml, config/config.yaml)");
  app.add_option("--data-root", global.data_root,
                 "Where all data lie (default: the config's, ./data)");
  app.fallthrough();
  std::function<int()> chosen;
  for (const CommandEntry& entry : all_commands()) {
    CLI::App* command = app.add_subcommand(entry.name, entry.summary);
    command->callback([&chosen, run = entry.declare(*command, global)] { chosen = run; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  return chosen();
}

}  // namespace
}  // namespace daedalus

int main(int argc, char** argv) {
  daedalus::start_log({});
  return daedalus::run(argc, argv);
}
