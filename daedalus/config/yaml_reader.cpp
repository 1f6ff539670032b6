#include "daedalus/config/yaml_reader.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include "daedalus/base/nearest_name.hpp"

namespace daedalus {
namespace {

/// What all sections of one file share.
struct Document {
  std::string path;
  std::optional<Error> first_error;
  std::string unread_key;  ///< Of the first error, if it says that a scalar is of another type.
};

template <class T>
std::optional<T> number_of(const std::string& text) {
  T value{};
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc() || end != last) return std::nullopt;
  return value;
}

std::optional<bool> boolean_of(const std::string& text) {
  if (text == "true" || text == "True" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "False" || text == "no" || text == "off") return false;
  return std::nullopt;
}

/// `${NAME}` becomes the environment's value; the name that is not set goes to `missing`.
std::string expand_environment(const std::string& text, std::string& missing) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const size_t end = text.compare(at, 2, "${") == 0 ? text.find('}', at) : std::string::npos;
    if (end == std::string::npos) {
      out += text[at];
      continue;
    }
    const std::string name = text.substr(at + 2, end - at - 2);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) missing = name;
    out += value == nullptr ? "" : value;
    at = end;
  }
  return out;
}

}  // namespace

struct YamlSection::Inner {
  YAML::Node node;
  std::string prefix;  ///< "journal." for keys in messages.
  std::shared_ptr<Document> document;
  std::vector<std::string> known;
  std::vector<std::shared_ptr<Inner>> children;

  void refuse_at(const YAML::Node& place, std::string_view key, const std::string& message) {
    if (document->first_error) return;
    const int line = place ? place.Mark().line + 1 : node.Mark().line + 1;
    document->first_error = Error{ErrorKind::config, fmt::format("{}:{}: {}{}: {}", document->path,
                                                                 line, prefix, key, message)};
  }

  YAML::Node ask(std::string_view key) {
    known.emplace_back(key);
    if (!node.IsDefined() || !node.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
    const YAML::Node& constant = node;
    const YAML::Node found = constant[std::string(key)];
    return found.IsDefined() ? found : YAML::Node(YAML::NodeType::Undefined);
  }

  /// The scalar text of a key, absent where the key is absent or empty.
  std::optional<std::string> scalar(std::string_view key, std::string_view wanted) {
    const YAML::Node value = ask(key);
    if (!value.IsDefined() || value.IsNull()) return std::nullopt;
    if (value.IsScalar()) return expanded(value, key);
    refuse_at(value, key, fmt::format("must be {}", wanted));
    return std::nullopt;
  }

  std::string expanded(const YAML::Node& value, std::string_view key) {
    std::string missing;
    std::string text = expand_environment(value.Scalar(), missing);
    if (!missing.empty()) {
      refuse_at(value, key, fmt::format("environment variable {} is not set", missing));
    }
    return text;
  }

  template <class T, class Convert>
  void read_scalar(std::string_view key, std::string_view wanted, Convert convert, T& into) {
    const auto text = scalar(key, wanted);
    if (!text) return;
    if (const auto value = convert(*text)) {
      into = static_cast<T>(*value);
    } else {
      if (!document->first_error) document->unread_key = prefix + std::string(key);
      refuse_at(ask(key), key, fmt::format("\"{}\" is not {}", *text, wanted));
    }
  }

  std::vector<std::string> scalars(std::string_view key, std::string_view wanted) {
    const YAML::Node value = ask(key);
    std::vector<std::string> texts;
    if (value.IsScalar()) texts.push_back(expanded(value, key));
    if (!value.IsSequence()) {
      if (value.IsMap()) refuse_at(value, key, fmt::format("must be {}", wanted));
      return texts;
    }
    if (value.size() == 0) {
      refuse_at(value, key, "the list is empty; name at least one, or leave the key out");
    }
    for (const YAML::Node& item : value) {
      if (item.IsScalar()) {
        texts.push_back(expanded(item, key));
      } else {
        refuse_at(item, key, fmt::format("must be {}", wanted));
      }
    }
    return texts;
  }

  void refuse_unknown() {
    if (node.IsMap()) {
      for (const auto& entry : node) {
        const std::string key = entry.first.as<std::string>("");
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        const std::string nearest = nearest_name(key, known);
        refuse_at(entry.first, key,
                  nearest.empty()
                      ? fmt::format("unknown key; known here: {}", fmt::join(known, ", "))
                      : fmt::format("unknown key; did you mean {}?", nearest));
      }
    }
    for (const auto& child : children) child->refuse_unknown();
  }
};

YamlSection::YamlSection(std::shared_ptr<Inner> inner) : inner_(std::move(inner)) {}
YamlSection::~YamlSection() = default;

Result<YamlSection> YamlSection::parse(const std::string& text, const std::string& path) {
  auto inner = std::make_shared<Inner>();
  inner->document = std::make_shared<Document>(Document{path, std::nullopt});
  try {
    inner->node = YAML::Load(text);
  } catch (const YAML::Exception& error) {
    return fail(ErrorKind::config, "{}:{}: not valid YAML: {}", path, error.mark.line + 1,
                error.msg);
  }
  if (inner->node.IsDefined() && !inner->node.IsNull() && !inner->node.IsMap()) {
    return fail(ErrorKind::config, "{}:1: a config is a mapping of keys to values", path);
  }
  return YamlSection(std::move(inner));
}

void YamlSection::read(std::string_view key, std::string& value) {
  inner_->read_scalar(
      key, "a text", [](const std::string& text) { return std::optional(text); }, value);
}
void YamlSection::read(std::string_view key, bool& value) {
  inner_->read_scalar(key, "true or false", boolean_of, value);
}
void YamlSection::read(std::string_view key, int64_t& value) {
  inner_->read_scalar(key, "a whole number", number_of<int64_t>, value);
}
void YamlSection::read(std::string_view key, int& value) {
  inner_->read_scalar(key, "a whole number", number_of<int32_t>, value);
}
void YamlSection::read(std::string_view key, double& value) {
  const auto finite = [](const std::string& text) -> std::optional<double> {
    const auto number = number_of<double>(text);
    return number && std::isfinite(*number) ? number : std::nullopt;
  };
  inner_->read_scalar(key, "a number", finite, value);
}

void YamlSection::read(std::string_view key, std::vector<std::string>& value) {
  auto texts = inner_->scalars(key, "a list of texts");
  if (!texts.empty()) value = std::move(texts);
}

void YamlSection::read(std::string_view key, std::vector<int64_t>& value) {
  const auto texts = inner_->scalars(key, "a list of whole numbers");
  if (texts.empty()) return;
  value.clear();
  for (const std::string& text : texts) {
    if (const auto number = number_of<int64_t>(text)) {
      value.push_back(*number);
    } else {
      refuse(key, fmt::format("\"{}\" is not a whole number", text));
    }
  }
}

YamlSection YamlSection::section(std::string_view key) {
  auto child = std::make_shared<Inner>();
  child->document = inner_->document;
  child->prefix = inner_->prefix + std::string(key) + ".";
  child->node = inner_->ask(key);
  if (!child->node.IsDefined()) child->node = YAML::Node();
  if (child->node.IsScalar() || child->node.IsSequence()) {
    inner_->refuse_at(child->node, key, "must be a mapping of keys to values");
  }
  inner_->children.push_back(child);
  return YamlSection(child);
}

std::vector<YamlSection> YamlSection::list(std::string_view key) {
  const YAML::Node value = inner_->ask(key);
  std::vector<YamlSection> sections;
  if (!value.IsDefined() || value.IsNull()) return sections;
  if (!value.IsSequence()) {
    inner_->refuse_at(value, key, "must be a list");
    return sections;
  }
  for (size_t i = 0; i < value.size(); ++i) {
    auto child = std::make_shared<Inner>();
    child->document = inner_->document;
    child->prefix = fmt::format("{}{}[{}].", inner_->prefix, key, i);
    child->node = value[i];
    if (!child->node.IsMap()) inner_->refuse_at(child->node, key, "each entry must be a mapping");
    inner_->children.push_back(child);
    sections.push_back(YamlSection(child));
  }
  return sections;
}

bool YamlSection::has(std::string_view key) const {
  const YAML::Node& node = inner_->node;
  return node.IsMap() && node[std::string(key)].IsDefined();
}

bool YamlSection::is_empty_list(std::string_view key) {
  const YAML::Node value = inner_->ask(key);
  return value.IsSequence() && value.size() == 0;
}

void YamlSection::refuse(std::string_view key, const std::string& message) {
  inner_->refuse_at(inner_->ask(key), key, message);
}

void YamlSection::say_allowed(std::string_view key, const std::string& allowed) {
  Document& document = *inner_->document;
  if (document.unread_key.empty() || document.unread_key != inner_->prefix + std::string(key))
    return;
  document.first_error->message += "; allowed: " + allowed;
  document.unread_key.clear();
}

Result<void> YamlSection::finish() {
  // An unknown key is told first: a key that is missed may be one that was misspelt.
  const auto first = std::exchange(inner_->document->first_error, std::nullopt);
  inner_->refuse_unknown();
  if (!inner_->document->first_error) inner_->document->first_error = first;
  if (inner_->document->first_error) return Failure(*inner_->document->first_error);
  return {};
}

}  // namespace daedalus
