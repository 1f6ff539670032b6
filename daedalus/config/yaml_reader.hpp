#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daedalus/base/error.hpp"

namespace daedalus {

/// Reads one YAML mapping key by key and remembers what it was asked for, so that what nobody asked
/// for is refused with the nearest name. `${NAME}` in values becomes the environment's. The first
/// error is kept; later reads do nothing.
class YamlSection {
 public:
  /// The whole file. Errors: config, with the line.
  static Result<YamlSection> parse(const std::string& text, const std::string& path);

  YamlSection(const YamlSection&) = default;
  ~YamlSection();

  /// Each leaves `value` as it is where the key is absent or empty.
  void read(std::string_view key, std::string& value);
  void read(std::string_view key, bool& value);
  void read(std::string_view key, int64_t& value);
  void read(std::string_view key, int& value);
  void read(std::string_view key, double& value);
  void read(std::string_view key, std::vector<std::string>& value);  ///< A list, or one value.
  void read(std::string_view key, std::vector<int64_t>& value);

  /// The mapping under `key`; an empty one where it is absent.
  YamlSection section(std::string_view key);
  /// The mappings of the list under `key`.
  std::vector<YamlSection> list(std::string_view key);

  bool has(std::string_view key) const;
  /// Whether `[]` is written there: where that means none, and not that something was forgotten.
  bool is_empty_list(std::string_view key);
  /// Refuses the value of `key`: "<path>:<line>: <key>: <message>".
  void refuse(std::string_view key, const std::string& message);
  /// If the value of `key` was refused as being of another type: says what it should have been.
  void say_allowed(std::string_view key, const std::string& allowed);
  /// Refuses keys that were never read, here and below, and gives the first error of all.
  Result<void> finish();

 private:
  struct Inner;
  explicit YamlSection(std::shared_ptr<Inner> inner);
  std::shared_ptr<Inner> inner_;
};

}  // namespace daedalus
