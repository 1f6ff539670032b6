#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daedalus/config/yaml_reader.hpp"

namespace daedalus {

struct Bounds {
  double least;
  double most;
};

/// Refuses a number (NaN too) outside of the bounds, which belong to it.
void check_number(YamlSection& yaml, std::string_view key, double value, Bounds bounds);
/// Refuses a text that is not one of `allowed`, with the nearest one.
void check_choice(YamlSection& yaml, std::string_view key, const std::string& value,
                  const std::vector<std::string>& allowed);

}  // namespace daedalus
