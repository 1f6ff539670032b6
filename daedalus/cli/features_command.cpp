#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "daedalus/base/nearest_name.hpp"
#include "daedalus/cli/catalog_listing.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/cli/settings.hpp"
#include "daedalus/etl/feature_config.hpp"

namespace daedalus {
namespace {

struct FeaturesArguments {
  std::string word;
  std::string table;
  std::string category;
  bool json = false;
  bool markdown = false;
};

/// Errors: config, with the nearest name, where `typed` is none of `known`.
Result<void> check_name(std::string_view flag, const std::string& typed,
                        const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), typed) != known.end()) return {};
  const std::string nearest = nearest_name(typed, known);
  return fail(ErrorKind::config, "{} \"{}\" is unknown; {}allowed: {}", flag, typed,
              nearest.empty() ? "" : "did you mean " + nearest + "? ", fmt::join(known, ", "));
}

Result<CatalogFilter> filter_of(const FeaturesArguments& arguments,
                                const std::vector<FeatureTable>& catalog) {
  CatalogFilter filter{.table = arguments.table, .category = {}, .word = arguments.word};
  if (!filter.table.empty()) {
    // Queries call it silver_orderbook.
    std::vector<std::string> tables;
    for (const FeatureTable& table : catalog) {
      tables.emplace_back(table.name);
      std::string as_queried(table.name);
      std::replace(as_queried.begin(), as_queried.end(), '/', '_');
      if (filter.table == as_queried) filter.table = table.name;
    }
    DAEDALUS_OK(check_name("--table", filter.table, tables));
  }
  if (arguments.category.empty()) return filter;
  std::vector<std::string> names = {std::string(category_name(Category::quality))};
  for (const Category category : FeatureParameters().categories) {
    names.emplace_back(category_name(category));
  }
  DAEDALUS_OK(check_name("--category", arguments.category, names));
  const auto place = std::find(names.begin(), names.end(), arguments.category) - names.begin();
  filter.category = place == 0 ? Category::quality : FeatureParameters().categories[place - 1];
  return filter;
}

size_t terminal_width() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 0) return 0;
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

Result<int> list_features(const FeaturesArguments& arguments, const GlobalOptions& global) {
  DAEDALUS_TRY(const Config config, load_settings(global));
  DAEDALUS_TRY(const EngineParameters parameters, feature_parameters(config));
  const std::vector<FeatureTable> catalog = feature_catalog(parameters);
  DAEDALUS_TRY(const CatalogFilter filter, filter_of(arguments, catalog));
  const std::vector<FeatureTable> found = select_columns(catalog, filter);
  if (arguments.json) {
    fmt::print("{}", catalog_json(found));
  } else if (arguments.markdown) {
    fmt::print("{}", catalog_markdown(found, parameters));
  } else {
    fmt::print("{}", catalog_text(found, parameters, terminal_width()));
  }
  std::fflush(stdout);
  if (!found.empty()) return int{kExitDone};
  fmt::print(stderr, "no column of this config fits what was asked for\n");
  return int{kExitFailed};
}

}  // namespace

std::function<int()> declare_features(CLI::App& app, const GlobalOptions& global) {
  auto arguments = std::make_shared<FeaturesArguments>();
  app.add_option("word", arguments->word,
                 "Only columns with this in their name, family, unit, formula or source");
  app.add_option("--table", arguments->table, "Only this table, e.g. silver/orderbook");
  app.add_option("--category", arguments->category,
                 "Only this category: quality, structural, dynamic, rolling, advanced, extended");
  CLI::Option* json =
      app.add_flag("--json", arguments->json, "One object a column, in a JSON array");
  app.add_flag("--markdown", arguments->markdown, "As docs/features.md is")->excludes(json);
  return [arguments, &global] {
    const auto code = list_features(*arguments, global);
    return code ? *code : report_error(code.error());
  };
}

}  // namespace daedalus
