#include "daedalus/config/config.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "daedalus/base/file.hpp"
#include "daedalus/config/value_checks.hpp"

namespace daedalus {
namespace {

SourceConfig read_source(YamlSection& yaml, const KnownNames& known) {
  SourceConfig source;
  yaml.read("exchange", source.exchange);
  check_choice(yaml, "exchange", source.exchange, known.exchanges);
  source.name = source.exchange;
  yaml.read("name", source.name);
  if (const auto good = check_source_name(source.name); !good) {
    yaml.refuse("name", good.error().message);
  }
  yaml.read("symbols", source.symbols);
  if (source.symbols.empty())
    yaml.refuse("symbols", "at least one symbol is needed, e.g. [BTC-USD]");
  yaml.read("channels", source.channels);
  for (const std::string& channel : source.channels) {
    check_choice(yaml, "channels", channel, {"orderbook", "trades", "ticker"});
  }
  yaml.read("endpoint", source.endpoint);
  yaml.read("rest_endpoint", source.rest_endpoint);
  yaml.read("trades_stream", source.trades_stream);
  check_choice(yaml, "trades_stream", source.trades_stream, {"trade", "aggTrade"});
  yaml.read("depth_interval", source.depth_interval);
  check_choice(yaml, "depth_interval", source.depth_interval,
               {"0ms", "100ms", "250ms", "500ms", "1000ms"});
  yaml.read("ticker_24h", source.ticker_24h);
  yaml.read("rest_depth_limit", source.rest_depth_limit);
  check_number(yaml, "rest_depth_limit", source.rest_depth_limit, {5, 5000});
  yaml.read("streams_per_connection", source.streams_per_connection);
  check_number(yaml, "streams_per_connection", source.streams_per_connection, {0, 100'000});
  return source;
}

void read_journal(YamlSection yaml, JournalConfig& journal) {
  yaml.read("flush_interval_seconds", journal.flush_interval_seconds);
  check_number(yaml, "flush_interval_seconds", journal.flush_interval_seconds, {0.05, 60});
  yaml.read("fsync", journal.fsync);
  check_choice(yaml, "fsync", journal.fsync, {"interval", "every_frame"});
  yaml.read("segment_max_mb", journal.segment_max_mb);
  check_number(yaml, "segment_max_mb", static_cast<double>(journal.segment_max_mb), {1, 4096});
  yaml.read("segment_max_age_seconds", journal.segment_max_age_seconds);
  check_number(yaml, "segment_max_age_seconds",
               static_cast<double>(journal.segment_max_age_seconds), {1, 3600});
  yaml.read("raw_format", journal.raw_format);
  check_choice(yaml, "raw_format", journal.raw_format, {"parquet", "ndjson"});
  yaml.read("orderbook_mode", journal.orderbook_mode);
  check_choice(yaml, "orderbook_mode", journal.orderbook_mode, {"delta", "snapshot"});
  yaml.read("max_orderbook_depth", journal.max_orderbook_depth);
  check_number(yaml, "max_orderbook_depth", static_cast<double>(journal.max_orderbook_depth),
               {0, 1'000'000});
  yaml.read("journal_retention", journal.journal_retention);
  if (!parse_retention(journal.journal_retention)) {
    yaml.refuse("journal_retention", "expected a time like 24h, 7d or 30m, 0, or forever");
  }
  yaml.read("seal_memory_mb", journal.seal_memory_mb);
  check_number(yaml, "seal_memory_mb", static_cast<double>(journal.seal_memory_mb), {16, 65'536});
  yaml.read("queue_mb", journal.queue_mb);
  check_number(yaml, "queue_mb", static_cast<double>(journal.queue_mb), {1, 65'536});
  yaml.read("min_free_mb", journal.min_free_mb);
  check_number(yaml, "min_free_mb", static_cast<double>(journal.min_free_mb), {0, 1e9});
}

void read_etl(YamlSection yaml, EtlConfig& etl) {
  yaml.read("poll_interval_seconds", etl.poll_interval_seconds);
  check_number(yaml, "poll_interval_seconds", etl.poll_interval_seconds, {0.1, 86'400});
  yaml.read("delete_after_processing", etl.delete_after_processing);
  yaml.read("state_retention_hours", etl.state_retention_hours);
  check_number(yaml, "state_retention_hours", static_cast<double>(etl.state_retention_hours),
               {1, 1e6});
  yaml.read("threads", etl.threads);
  check_number(yaml, "threads", static_cast<double>(etl.threads), {0, 1024});
}

/// `etl.channels.<channel>.processor_options`: the features of one channel, where they differ.
void read_channel_features(YamlSection etl, const FeaturesConfig& features,
                           ChannelFeatures& channels) {
  channels = {features, features, features};
  YamlSection section = etl.section("channels");
  const auto read_channel = [&](std::string_view name, FeaturesConfig& own) {
    YamlSection options = section.section(name).section("processor_options");
    read_features(options, own);
  };
  read_channel("orderbook", channels.orderbook);
  read_channel("trades", channels.trades);
  read_channel("ticker", channels.ticker);
}

/// One (exchange, symbol, channel) is fed by one source at a time, and names are folders.
void check_overlaps(YamlSection& yaml, const std::vector<SourceConfig>& sources) {
  std::set<std::string> names;
  for (const SourceConfig& source : sources) {
    if (!names.insert(source.name).second) {
      yaml.refuse("sources", fmt::format("two sources are named {}", source.name));
    }
  }
}

}  // namespace

Result<void> check_source_name(const std::string& name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  };
  if (!name.empty() && name[0] != '.' && std::all_of(name.begin(), name.end(), allowed)) return {};
  return fail(ErrorKind::config,
              "a source's name may hold letters, digits, '_', '-' and '.' only, and begins with no "
              "'.': \"{}\"",
              name);
}

Result<std::optional<int64_t>> parse_retention(const std::string& text) {
  if (text == "forever") return std::optional<int64_t>();
  int64_t amount = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, amount);
  const std::string_view unit(end, static_cast<size_t>(last - end));
  const int64_t factor = unit == "s" || (unit.empty() && amount == 0) ? 1
                         : unit == "m"                                ? 60
                         : unit == "h"                                ? 3600
                         : unit == "d"                                ? 86'400
                                                                      : 0;
  constexpr int64_t kMostSeconds = int64_t{36'500} * 86'400;  // In ns it fits 64 bits twice over.
  if (error != std::errc() || factor == 0 || amount < 0 || amount > kMostSeconds / factor) {
    return fail(ErrorKind::config,
                "not a retention: \"{}\"; expected 24h, 7d, 30m (36500d at most), 0 or forever",
                text);
  }
  return std::optional<int64_t>(amount * factor);
}

Result<Config> parse_config(const std::string& text, const std::string& path,
                            const KnownNames& known) {
  DAEDALUS_TRY(YamlSection yaml, YamlSection::parse(text, path));
  Config config;
  yaml.read("data_root", config.data_root);
  yaml.read("live_features", config.live_features);
  yaml.read("live_format", config.live_format);
  check_choice(yaml, "live_format", config.live_format, {"ndjson", "parquet"});
  for (YamlSection& source : yaml.list("sources")) {
    config.sources.push_back(read_source(source, known));
  }
  check_overlaps(yaml, config.sources);
  read_journal(yaml.section("journal"), config.journal);
  YamlSection etl = yaml.section("etl");
  read_etl(etl, config.etl);
  YamlSection features = yaml.section("features");
  read_features(features, config.features);
  read_channel_features(etl, config.features, config.channel_features);
  YamlSection network = yaml.section("network");
  network.read("proxy", config.network.proxy);
  network.read("ca_file", config.network.ca_file);
  YamlSection log = yaml.section("log");
  log.read("level", config.log.level);
  check_choice(log, "level", config.log.level, {"debug", "info", "warning", "error"});
  log.read("to_file", config.log.to_file);
  DAEDALUS_OK(yaml.finish());
  return config;
}

Result<Config> load_config(const std::string& path, const KnownNames& known) {
  auto text = read_file(path);
  if (!text) return fail(ErrorKind::config, "cannot read the config: {}", text.error().message);
  return parse_config(*text, path, known);
}

std::optional<std::string> find_config(const std::string& from_flag) {
  if (!from_flag.empty()) return from_flag;
  for (const char* path : {"config.yaml", "config/config.yaml"}) {
    if (path_exists(path)) return std::string(path);
  }
  return std::nullopt;
}

}  // namespace daedalus
