#include "daedalus/config/value_checks.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "daedalus/base/nearest_name.hpp"

namespace daedalus {

void check_number(YamlSection& yaml, std::string_view key, double value, Bounds bounds) {
  const std::string allowed = fmt::format("{} to {}", bounds.least, bounds.most);
  yaml.say_allowed(key, allowed);
  if (value >= bounds.least && value <= bounds.most) return;
  yaml.refuse(key, fmt::format("{} is out of range; allowed: {}", value, allowed));
}

void check_choice(YamlSection& yaml, std::string_view key, const std::string& value,
                  const std::vector<std::string>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return;
  const std::string nearest = nearest_name(value, allowed);
  yaml.refuse(key, fmt::format("\"{}\" is unknown; {}allowed: {}", value,
                               nearest.empty() ? "" : "did you mean " + nearest + "? ",
                               fmt::join(allowed, ", ")));
}

}  // namespace daedalus
