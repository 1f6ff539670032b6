#include "daedalus/etl/manifest.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "daedalus/base/json_text.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kAfterwards[] = {"keep", "archive", "remove"};

void append_texts(std::string& out, std::string_view key, const std::vector<std::string>& values) {
  out += fmt::format(",\n\"{}\": [", key);
  for (size_t i = 0; i < values.size(); ++i) {
    out += (i == 0 ? "\n  " : ",\n  ") + json_quoted(values[i]);
  }
  out += "]";
}

void append_outputs(std::string& out, std::string_view key,
                    const std::vector<ManifestOutput>& outputs) {
  out += fmt::format(",\n\"{}\": [", key);
  for (size_t i = 0; i < outputs.size(); ++i) {
    const ManifestOutput& output = outputs[i];
    out += fmt::format(
        "{}\n  {{\"path\": {}, \"staged\": {}, \"rows\": {}, \"bytes\": {}, \"xxh3_128\": {}}}",
        i == 0 ? "" : ",", json_quoted(output.path), json_quoted(output.staged), output.rows,
        output.bytes, json_quoted(output.xxh3_128));
  }
  out += "]";
}

std::string text_of(simdjson::dom::element object, std::string_view key) {
  return std::string(object[key].get_string().value());
}

std::vector<std::string> texts_of(simdjson::dom::element object, std::string_view key) {
  std::vector<std::string> values;
  const simdjson::dom::array items = object[key].get_array();
  for (const simdjson::dom::element item : items) {
    values.emplace_back(item.get_string().value());
  }
  return values;
}

std::vector<ManifestOutput> outputs_of(simdjson::dom::element object, std::string_view key) {
  std::vector<ManifestOutput> outputs;
  const simdjson::dom::array items = object[key].get_array();
  for (const simdjson::dom::element item : items) {
    outputs.push_back({.staged = text_of(item, "staged"),
                       .path = text_of(item, "path"),
                       .rows = item["rows"].get_int64().value(),
                       .bytes = item["bytes"].get_int64().value(),
                       .xxh3_128 = text_of(item, "xxh3_128")});
  }
  return outputs;
}

Manifest read_manifest(simdjson::dom::element object) {
  Manifest manifest{
      .format = static_cast<int>(object["format"].get_int64().value()),
      .source = text_of(object, "source"),
      .segment = text_of(object, "segment"),
      .inputs = texts_of(object, "inputs"),
      .outputs = outputs_of(object, "outputs"),
      .removed = texts_of(object, "removed"),
      .states = outputs_of(object, "states"),
      .covers_segment = object["covers_segment"].get_bool().value(),
      .rows_in = object["rows_in"].get_int64().value(),
  };
  const std::string afterwards = text_of(object, "inputs_afterwards");
  for (const auto choice :
       {InputAfterwards::keep, InputAfterwards::archive, InputAfterwards::remove}) {
    if (kAfterwards[static_cast<int>(choice)] == afterwards) manifest.inputs_afterwards = choice;
  }
  return manifest;
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  std::string out = fmt::format(
      "{{\"format\": {},\n\"source\": {},\n\"segment\": {},\n\"rows_in\": {},\n"
      "\"covers_segment\": {},\n\"inputs_afterwards\": \"{}\"",
      manifest.format, json_quoted(manifest.source), json_quoted(manifest.segment),
      manifest.rows_in, manifest.covers_segment,
      kAfterwards[static_cast<int>(manifest.inputs_afterwards)]);
  append_texts(out, "inputs", manifest.inputs);
  append_outputs(out, "outputs", manifest.outputs);
  append_texts(out, "removed", manifest.removed);
  append_outputs(out, "states", manifest.states);
  return out + "}\n";
}

Result<Manifest> parse_manifest(std::string_view json) {
  try {
    simdjson::dom::parser parser;
    const simdjson::padded_string text(json);
    Manifest manifest = read_manifest(parser.parse(text).value());
    if (manifest.format == 1) return manifest;
    return fail(ErrorKind::malformed, "manifest of unknown format {}", manifest.format);
  } catch (const simdjson::simdjson_error& error) {
    return fail(ErrorKind::malformed, "no manifest: {}", error.what());
  }
}

}  // namespace daedalus
