#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "daedalus/base/json_text.hpp"
#include "daedalus/cli/catalog_listing.hpp"

namespace daedalus {
namespace {

std::string formula_of(const FeatureColumn& column) {
  if (column.alias_of.empty()) return std::string(column.formula);
  return fmt::format("= {}", column.alias_of);
}

/// All that is said of a column behind its unit.
std::string description(const FeatureColumn& column) {
  std::string text = formula_of(column);
  if (!column.source.empty()) text += fmt::format(" [{}]", column.source);
  if (!column.null_when.empty()) text += fmt::format("; null: {}", column.null_when);
  return text;
}

/// Appends `text` to a line that begins with `indent` characters; words that do not fit go to the
/// next lines, as far to the right.
void append_wrapped(std::string& out, std::string_view text, size_t indent, size_t width) {
  const size_t room = width > indent + 20 ? width - indent : std::string_view::npos;
  while (text.size() > room) {
    size_t cut = text.rfind(' ', room);
    if (cut == std::string_view::npos || cut == 0) cut = text.find(' ', room);
    if (cut == std::string_view::npos) break;
    out += text.substr(0, cut);
    out += '\n';
    out.append(indent, ' ');
    text.remove_prefix(cut + 1);
  }
  out += text;
  out += '\n';
}

std::string family_text(const FamilyInfo& family) {
  return fmt::format("category {}, clock {}, cost {}", category_name(family.category),
                     clock_name(family.clock), family.cost);
}

size_t count_columns(const FeatureTable& table) {
  size_t count = 0;
  for (const FamilyColumns& family : table.families) count += family.columns.size();
  return count;
}

/// A cell of a table in Markdown.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '*' || c == '<') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format("{}\"{}\": {}", out.back() == '{' ? "" : ", ", name,
                     value.empty() ? "null" : json_quoted(value));
}

constexpr std::string_view kDocumentHead = R"(# The features

Every column of silver and gold, as the code declares it. This page is generated: `./dev docs` writes it, a test fails
when it is stale, and `daedalus features` shows the same for your own config, with a search.

What a window, a stretch, a step or a second-clock sample is, and when a value is null for every column alike:
[feature-rules.md](feature-rules.md). In short: absent is null, never 0, inf or NaN; what needs both sides of the book is
null while one is empty or the book is crossed; everything made of the book is null across a gap; x / 0 is null.
The column "null" says what holds beyond that.

Notation: b_i, q_i are price and size of bid level i (0 = best), a_i, s_i of the asks; m = (b_0 + a_0) / 2; L =
`depth_levels`; t is the row's moment; {h} stands for each of `rolling_windows` in seconds. Prices in quote, sizes in
base (the venue's unit), price times size in quote volume, 1 is a pure number; a test scales prices and sizes and holds
every column to its unit. A formula "= x" is another column under an older name: `legacy_aliases: false` leaves it
out. `categories` switches whole families on and off; `quality` is always there.
`keep_raw_arrays: true` adds `bids` and `asks`.

Below are the columns that the default config gives.
)";

}  // namespace

std::string catalog_text(const std::vector<FeatureTable>& catalog,
                         const EngineParameters& parameters, size_t width) {
  std::string out;
  for (const FeatureTable& table : catalog) {
    const size_t count = count_columns(table);
    out += fmt::format("{}{}: {} {}\n", out.empty() ? "" : "\n", table.name, count,
                       count == 1 ? "column" : "columns");
    for (const FamilyColumns& family : table.families) {
      out += fmt::format("  {} ({})\n", family.info.name, family_text(family.info));
      const auto columns = folded(family.columns, parameters);
      size_t name_width = 24;
      for (const FeatureColumn& column : columns) {
        name_width = std::max(name_width, column.name.size());
      }
      for (const FeatureColumn& column : columns) {
        const size_t start = out.size();
        out += fmt::format("    {:{}}  {:10}  ", column.name, name_width, column.unit);
        append_wrapped(out, description(column), out.size() - start, width);
      }
    }
  }
  return out;
}

std::string catalog_json(const std::vector<FeatureTable>& catalog) {
  std::string out = "[";
  for (const FeatureTable& table : catalog) {
    for (const FamilyColumns& family : table.families) {
      for (const FeatureColumn& column : family.columns) {
        std::string object = "{";
        append_field(object, "table", table.name);
        append_field(object, "family", family.info.name);
        append_field(object, "category", category_name(family.info.category));
        append_field(object, "clock", clock_name(family.info.clock));
        append_field(object, "cost", family.info.cost);
        append_field(object, "column", column.name);
        append_field(object, "type", column_type_name(column.type));
        append_field(object, "unit", column.unit);
        append_field(object, "formula", column.formula);
        append_field(object, "null_when", column.null_when);
        append_field(object, "source", column.source);
        append_field(object, "alias_of", column.alias_of);
        out += fmt::format("{}\n{}}}", out.size() == 1 ? "" : ",", object);
      }
    }
  }
  return out + "\n]\n";
}

std::string catalog_markdown(const std::vector<FeatureTable>& catalog,
                             const EngineParameters& parameters) {
  std::string out(kDocumentHead);
  for (const FeatureTable& table : catalog) {
    out += fmt::format("\n## {}\n\n{} columns.\n", table.name, count_columns(table));
    for (const FamilyColumns& family : table.families) {
      out += fmt::format("\n### {}: {}\n\nCategory {}, clock {}, cost {}.\n\n", table.name,
                         family.info.name, category_name(family.info.category),
                         clock_name(family.info.clock), cell(family.info.cost));
      out += "| column | unit | formula | null | source |\n|---|---|---|---|---|\n";
      for (const FeatureColumn& column : folded(family.columns, parameters)) {
        out += fmt::format("| `{}` | {} | {} | {} | {} |\n", column.name, cell(column.unit),
                           cell(formula_of(column)), cell(column.null_when), cell(column.source));
      }
    }
  }
  return out;
}

}  // namespace daedalus
