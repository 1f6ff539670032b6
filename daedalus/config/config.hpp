#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daedalus/base/error.hpp"
#include "daedalus/base/log.hpp"
#include "daedalus/config/features_config.hpp"

namespace daedalus {

/// One entry of `sources:`: one venue's streams, in one order of their own.
struct SourceConfig {
  std::string name;  ///< Default: the exchange.
  std::string exchange;
  std::vector<std::string> symbols;  ///< As typed: BTC/USD, BTC-USD or native.
  std::vector<std::string> channels = {"orderbook", "trades", "ticker"};
  std::string endpoint;       ///< Overrides the venue's WebSocket URL, scheme://host:port[/path].
  std::string rest_endpoint;  ///< Overrides the venue's REST base URL.
  std::string trades_stream = "trade";   ///< Binance: trade or aggTrade.
  std::string depth_interval = "100ms";  ///< Binance.
  bool ticker_24h = false;               ///< Binance: 24 h statistics beside bookTicker.
  int rest_depth_limit = 1000;
  int streams_per_connection = 0;  ///< 0: the venue's cap.
};

/// Section `journal:`.
struct JournalConfig {
  double flush_interval_seconds = 1.0;  ///< The most that a crash may cost.
  std::string fsync = "interval";       ///< interval or every_frame.
  int64_t segment_max_mb = 128;         ///< Uncompressed lines.
  int64_t segment_max_age_seconds = 900;
  std::string raw_format = "parquet";    ///< parquet; or ndjson: no bronze tables to query.
  std::string orderbook_mode = "delta";  ///< delta or snapshot.
  int64_t max_orderbook_depth = 0;       ///< For orderbook_mode snapshot; 0: all levels.
  std::string journal_retention =
      "24h";  ///< How long released segments are kept; 0 deletes, forever.
  int64_t seal_memory_mb = 256;
  int64_t queue_mb = 64;      ///< Bound of a source's queue; full: sockets are not read.
  int64_t min_free_mb = 512;  ///< Less free disk: capture stops in good order.
};

/// Section `etl:`.
struct EtlConfig {
  double poll_interval_seconds = 30;
  bool delete_after_processing = false;
  int64_t state_retention_hours = 48;
  int64_t threads = 0;  ///< Symbols processed at a time; 0: as many as there are cores.
};

/// Section `network:`.
struct NetworkConfig {
  std::string proxy;    ///< Empty: HTTPS_PROXY and friends.
  std::string ca_file;  ///< Empty: SSL_CERT_FILE, else the system's.
};

/// Section `log:`.
struct LogConfig {
  std::string level = "info";  ///< debug, info, warning, error.
  bool to_file = false;        ///< Also to <data_root>/logs.
};

struct Config {
  std::string data_root = "./data";
  bool live_features = false;          ///< `ingest` computes features, too, into <data_root>/live.
  std::string live_format = "ndjson";  ///< Of these: ndjson or parquet.
  std::vector<SourceConfig> sources;
  JournalConfig journal;
  EtlConfig etl;
  FeaturesConfig features;
  ChannelFeatures channel_features;
  NetworkConfig network;
  LogConfig log;
};

/// What the YAML must be checked against that this module does not know.
struct KnownNames {
  std::vector<std::string> exchanges;
};

/// Reads and checks a config; `${NAME}` expands from the environment. Errors: config, as
/// "<path>:<line>: <key>: <what is wrong>; <what is allowed>".
Result<Config> load_config(const std::string& path, const KnownNames& known);
Result<Config> parse_config(const std::string& text, const std::string& path,
                            const KnownNames& known);
/// `--config`, else ./config.yaml, else config/config.yaml, else absent.
std::optional<std::string> find_config(const std::string& from_flag);
/// A source's name is a folder's name: it leads nowhere else. Errors: config.
Result<void> check_source_name(const std::string& name);
/// "24h", "90m", "30s", "7d", "0", up to 100 years, or "forever" (absent), in seconds. Errors:
/// config.
Result<std::optional<int64_t>> parse_retention(const std::string& text);

}  // namespace daedalus
