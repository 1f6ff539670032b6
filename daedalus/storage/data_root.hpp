#pragma once

#include <string>
#include <string_view>

#include "daedalus/base/time.hpp"

namespace daedalus {

/// Where everything lies under `data_root`. Pure names; nothing is created here.
struct DataRoot {
  std::string path = "./data";

  std::string active(std::string_view source) const;         ///< raw/active/<source>
  std::string ready(std::string_view source) const;          ///< raw/ready/<source>
  std::string ready_records(std::string_view source) const;  ///< raw/ready/<source>/segments
  std::string processing_records(
      std::string_view source) const;                  ///< raw/processing/<source>/segments
  std::string archive(std::string_view source) const;  ///< raw/archive/<source>
  std::string archive_records(std::string_view source) const;
  std::string journal(std::string_view source) const;            ///< raw/journal/<source>
  std::string seal_states(std::string_view source) const;        ///< state/seal/<source>
  std::string etl_states(std::string_view source) const;         ///< state/etl/<source>
  std::string unfinished_import(std::string_view source) const;  ///< state/import/<source>.json
  std::string manifests() const;                                 ///< state/manifests
  std::string silver(std::string_view channel) const;            ///< processed/silver/<channel>
  std::string gold_bars(std::string_view channel,
                        int duration_s) const;  ///< processed/gold/<channel>_bars/<duration>s
  std::string gold_information_bars(
      std::string_view kind,
      std::string_view threshold) const;  ///< processed/gold/<kind>_bars/<threshold>
  std::string lock_file() const;          ///< state/capture.lock
  std::string logs() const;
};

/// `exchange=…/symbol=…/year=…/month=…/day=…/hour=…`, not zero-padded.
std::string hour_partition(std::string_view exchange, std::string_view symbol, UnixNanos time);
/// The same to the day.
std::string day_partition(std::string_view exchange, std::string_view symbol, UnixNanos time);

}  // namespace daedalus
