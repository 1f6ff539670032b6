#include "daedalus/storage/data_root.hpp"

#include <fmt/format.h>

namespace daedalus {

std::string DataRoot::active(std::string_view source) const {
  return fmt::format("{}/raw/active/{}", path, source);
}
std::string DataRoot::ready(std::string_view source) const {
  return fmt::format("{}/raw/ready/{}", path, source);
}
std::string DataRoot::ready_records(std::string_view source) const {
  return ready(source) + "/segments";
}
std::string DataRoot::processing_records(std::string_view source) const {
  return fmt::format("{}/raw/processing/{}/segments", path, source);
}
std::string DataRoot::archive(std::string_view source) const {
  return fmt::format("{}/raw/archive/{}", path, source);
}
std::string DataRoot::archive_records(std::string_view source) const {
  return archive(source) + "/segments";
}
std::string DataRoot::journal(std::string_view source) const {
  return fmt::format("{}/raw/journal/{}", path, source);
}
std::string DataRoot::seal_states(std::string_view source) const {
  return fmt::format("{}/state/seal/{}", path, source);
}
std::string DataRoot::etl_states(std::string_view source) const {
  return fmt::format("{}/state/etl/{}", path, source);
}
std::string DataRoot::unfinished_import(std::string_view source) const {
  return fmt::format("{}/state/import/{}.json", path, source);
}
std::string DataRoot::manifests() const {
  return path + "/state/manifests";
}
std::string DataRoot::silver(std::string_view channel) const {
  return fmt::format("{}/processed/silver/{}", path, channel);
}
std::string DataRoot::gold_bars(std::string_view channel, int duration_s) const {
  return fmt::format("{}/processed/gold/{}_bars/{}s", path, channel, duration_s);
}
std::string DataRoot::gold_information_bars(std::string_view kind,
                                            std::string_view threshold) const {
  return fmt::format("{}/processed/gold/{}_bars/{}", path, kind, threshold);
}
std::string DataRoot::lock_file() const {
  return path + "/state/capture.lock";
}
std::string DataRoot::logs() const {
  return path + "/logs";
}

std::string hour_partition(std::string_view exchange, std::string_view symbol, UnixNanos time) {
  return fmt::format("{}/hour={}", day_partition(exchange, symbol, time), to_civil(time).hour);
}

std::string day_partition(std::string_view exchange, std::string_view symbol, UnixNanos time) {
  const CivilTime civil = to_civil(time);
  return fmt::format("exchange={}/symbol={}/year={}/month={}/day={}", exchange, symbol, civil.year,
                     civil.month, civil.day);
}

}  // namespace daedalus
