#include "daedalus/cli/catalog_listing.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace daedalus {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool holds_word(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

bool is_asked(const FamilyInfo& family, const FeatureColumn& column, const CatalogFilter& filter) {
  if (filter.category && *filter.category != family.category) return false;
  for (const std::string_view text : {std::string_view(column.name), family.name, column.formula,
                                      column.source, column.alias_of, column.unit}) {
    if (holds_word(text, filter.word)) return true;
  }
  return false;
}

/// "rv_300s" to "rv_", "300", "s": digits and what lies between them take turns, text first.
std::vector<std::string> split_at_numbers(std::string_view name) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    const bool is_number_part = parts.size() % 2 == 0;
    if (is_digit(c) != is_number_part) parts.emplace_back();
    parts.back() += c;
  }
  return parts;
}

/// The same for all columns that may be one line.
std::string pattern_of(const FeatureColumn& column) {
  const auto without_numbers = [](std::string_view name) {
    std::string pattern;
    const auto parts = split_at_numbers(name);
    for (size_t i = 0; i < parts.size(); ++i) pattern += i % 2 == 0 ? parts[i] : "#";
    return pattern;
  };
  return fmt::format("{}|{}|{}|{}|{}|{}|{}", without_numbers(column.name), column.unit,
                     column.formula, column.source, static_cast<int>(column.type), column.null_when,
                     without_numbers(column.alias_of));
}

std::optional<std::vector<int>> whole_numbers(const std::vector<std::string>& texts) {
  std::vector<int> numbers;
  for (const std::string& text : texts) {
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, numbers.emplace_back());
    if (error != std::errc() || end != last) return std::nullopt;
  }
  return numbers;
}

/// What stands for the parts in which names differ.
std::string stand_in(const std::vector<std::string>& middles, std::string_view suffix,
                     const EngineParameters& parameters) {
  if (const auto numbers = whole_numbers(middles)) {
    for (const FeatureParameters* each :
         {&parameters.orderbook, &parameters.trades, &parameters.ticker}) {
      if (suffix == "s" && *numbers == each->rolling_windows_s) return "{h}";
    }
    const bool is_run = numbers->back() - numbers->front() + 1 == static_cast<int>(numbers->size());
    if (is_run) return fmt::format("{{{}..{}}}", numbers->front(), numbers->back());
  }
  return fmt::format("{{{}}}", fmt::join(middles, ","));
}

std::string joined(const std::vector<std::string>& parts, size_t from, size_t to) {
  std::string text;
  for (size_t i = from; i < to; ++i) text += parts[i];
  return text;
}

/// One name for all of the same pattern.
std::string common_name(const std::vector<std::string>& names, const EngineParameters& parameters) {
  std::vector<std::vector<std::string>> split;
  for (const std::string& name : names) split.push_back(split_at_numbers(name));
  const auto differs = [&](size_t part) {
    return std::any_of(split.begin(), split.end(),
                       [&](const auto& parts) { return parts[part] != split[0][part]; });
  };
  const size_t count = split[0].size();
  size_t first = 0;
  while (first < count && !differs(first)) ++first;
  size_t last = count;
  while (last > first && !differs(last - 1)) --last;
  std::vector<std::string> middles;
  for (const auto& parts : split) middles.push_back(joined(parts, first, last));
  const std::string suffix = joined(split[0], last, count);
  return joined(split[0], 0, first) + stand_in(middles, suffix, parameters) + suffix;
}

}  // namespace

std::vector<FeatureTable> select_columns(const std::vector<FeatureTable>& catalog,
                                         const CatalogFilter& filter) {
  std::vector<FeatureTable> selected;
  for (const FeatureTable& table : catalog) {
    if (!filter.table.empty() && filter.table != table.name) continue;
    FeatureTable asked{table.name, {}};
    for (const FamilyColumns& family : table.families) {
      FamilyColumns found{family.info, {}};
      std::copy_if(
          family.columns.begin(), family.columns.end(), std::back_inserter(found.columns),
          [&](const FeatureColumn& column) { return is_asked(family.info, column, filter); });
      if (!found.columns.empty()) asked.families.push_back(std::move(found));
    }
    if (!asked.families.empty()) selected.push_back(std::move(asked));
  }
  return selected;
}

std::vector<FeatureColumn> folded(const std::vector<FeatureColumn>& columns,
                                  const EngineParameters& parameters) {
  std::vector<std::string> patterns;
  std::vector<std::vector<std::string>> names;
  std::vector<FeatureColumn> folded;
  for (const FeatureColumn& column : columns) {
    const std::string pattern = pattern_of(column);
    const auto known = std::find(patterns.begin(), patterns.end(), pattern);
    if (known == patterns.end()) {
      patterns.push_back(pattern);
      names.push_back({column.name});
      folded.push_back(column);
    } else {
      names[static_cast<size_t>(known - patterns.begin())].push_back(column.name);
    }
  }
  for (size_t i = 0; i < folded.size(); ++i) {
    if (names[i].size() > 1) folded[i].name = common_name(names[i], parameters);
  }
  return folded;
}

}  // namespace daedalus
