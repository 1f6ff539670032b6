#include "daedalus/lake/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "daedalus/base/file.hpp"

namespace daedalus {
namespace {

std::string sql_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

/// Our own globs ask for nothing but `*`: other signs are a path's own.
std::string glob_quoted(const std::string& glob) {
  std::string quoted;
  for (const char c : glob) {
    quoted += c == '[' ? "[[]" : c == '?' ? "[?]" : std::string(1, c);
  }
  return sql_quoted(quoted);
}

bool holds_parquet(const std::string& folder) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator entries(folder, error);
  while (!error && entries != std::filesystem::recursive_directory_iterator()) {
    if (entries->path().extension() == ".parquet") return true;
    entries.increment(error);
  }
  return false;
}

/// Which globs have files. A glob here is a folder, with at most one `*` for a whole name, then
/// `/**/*.parquet`.
Result<std::vector<std::string>> globs_with_files(const std::vector<std::string>& globs) {
  std::vector<std::string> found;
  for (const std::string& glob : globs) {
    const std::string folder = glob.substr(0, glob.find("/**/"));
    const size_t star = folder.find("/*");
    if (star == std::string::npos) {
      if (holds_parquet(folder)) found.push_back(glob);
      continue;
    }
    const std::string parent = folder.substr(0, star);
    DAEDALUS_TRY(const auto names, list_folders(parent));
    for (const std::string& name : names) {
      if (!holds_parquet(parent + "/" + name + folder.substr(star + 2))) continue;
      found.push_back(glob);
      break;
    }
  }
  return found;
}

std::string empty_table(const LakeColumns& columns) {
  std::string sql = "SELECT ";
  for (const auto& [name, type] : columns) {
    sql += fmt::format("NULL::{} AS \"{}\", ", type, name);
  }
  return sql.substr(0, sql.size() - 2) + " WHERE false";
}

/// One row a gap: where it opened, where it closed, null while it is open.
constexpr const char* kGapsSql = R"(CREATE VIEW gaps AS
SELECT o.exchange, o.symbol, o.symbol_native, o.source, o.channel, o.kind, o.gap_id,
       o.capture_ts AS opened_ts, c.capture_ts AS closed_ts,
       o.capture_time_ns AS opened_ns, c.capture_time_ns AS closed_ns,
       (c.capture_time_ns - o.capture_time_ns) / 1e9 AS seconds,
       o.expected, o.received, c.frames_affected, c.recovered_by,
       coalesce(o.detail, c.detail) AS detail
FROM (SELECT * FROM bronze_gaps WHERE edge = 'open') o
LEFT JOIN (SELECT * FROM bronze_gaps WHERE edge = 'close') c
  ON o.source = c.source AND o.exchange = c.exchange AND o.symbol = c.symbol
 AND o.channel IS NOT DISTINCT FROM c.channel AND o.gap_id = c.gap_id
ORDER BY o.capture_time_ns, o.gap_id;
)";

const LakeColumns& bronze_columns(const std::string& channel, const LakeColumnSets& columns) {
  if (channel == "orderbook") return columns.bronze_orderbook;
  if (channel == "trades") return columns.bronze_trades;
  if (channel == "ticker") return columns.bronze_ticker;
  if (channel == "gaps") return columns.gaps;
  return channel == "instruments" ? columns.instruments : columns.other;
}

Result<std::set<std::string>> bronze_channels(const DataRoot& root) {
  std::set<std::string> channels = {"orderbook", "trades", "ticker", "gaps", "instruments"};
  for (const std::string& layer : {root.ready(""), root.archive("")}) {
    DAEDALUS_TRY(const auto sources, list_folders(layer));
    for (const std::string& source : sources) {
      DAEDALUS_TRY(const auto folders, list_folders(layer + source));
      channels.insert(folders.begin(), folders.end());
    }
  }
  channels.erase("segments");
  return channels;
}

}  // namespace

Result<std::vector<LakeView>> lake_views(const DataRoot& root, const LakeColumnSets& columns) {
  const std::string processed = root.path + "/processed/";
  std::vector<LakeView> views;
  for (const auto& [folder, table] : columns.processed) {
    std::string name = folder;
    std::replace(name.begin(), name.end(), '/', '_');
    views.push_back({.name = name,
                     .globs = {processed + folder + "/**/*.parquet"},
                     .columns = table,
                     .may_differ = true});
  }
  DAEDALUS_TRY(const auto channels, bronze_channels(root));
  for (const std::string& channel : channels) {
    const std::string behind = "*/" + channel + "/**/*.parquet";
    LakeView& view = views.emplace_back();
    view = {.name = channel == "instruments" ? channel : "bronze_" + channel,
            .globs = {root.ready("") + behind, root.archive("") + behind},
            .columns = bronze_columns(channel, columns)};
    // Of segments that were published as journals: the ETL found them, no bronze holds them.
    if (channel == "gaps") view.globs.push_back(processed + "silver/gaps/**/*.parquet");
  }
  return views;
}

Result<std::string> create_views_sql(const std::vector<LakeView>& views) {
  std::string sql = "SET TimeZone = 'UTC';\n";
  for (const LakeView& view : views) {
    DAEDALUS_TRY(const auto globs, globs_with_files(view.globs));
    sql += fmt::format("CREATE VIEW \"{}\" AS ", view.name);
    if (globs.empty()) {
      sql += empty_table(view.columns) + ";\n";
      continue;
    }
    sql += "SELECT * FROM read_parquet([";
    for (size_t i = 0; i < globs.size(); ++i) sql += (i == 0 ? "" : ", ") + glob_quoted(globs[i]);
    // Looking at all files for it is not cheap.
    sql += fmt::format("], hive_partitioning = false, union_by_name = {});\n", view.may_differ);
  }
  return sql + kGapsSql;
}

std::string count_views_sql(const std::vector<LakeView>& views) {
  std::string sql;
  for (const LakeView& view : views) {
    sql += fmt::format("{}SELECT '{}' AS \"table\", count(*) AS \"rows\" FROM \"{}\"",
                       sql.empty() ? "" : " UNION ALL ", view.name, view.name);
  }
  return sql + " UNION ALL SELECT 'gaps', count(*) FROM gaps";
}

}  // namespace daedalus
