#include "daedalus/cli/settings.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "daedalus/exchanges/registry.hpp"

namespace daedalus {

Result<Config> load_settings(const GlobalOptions& global) {
  KnownNames known;
  for (const Exchange* exchange : all_exchanges()) known.exchanges.emplace_back(exchange->name);
  Config config;
  if (const auto path = find_config(global.config)) {
    DAEDALUS_TRY(config, load_config(*path, known));
  }
  if (!global.data_root.empty()) config.data_root = global.data_root;
  return config;
}

int report_error(const Error& error) {
  fmt::print(stderr, "daedalus: {}\n", error.message);
  return error.kind == ErrorKind::config ? kExitUsage : kExitFailed;
}

}  // namespace daedalus
