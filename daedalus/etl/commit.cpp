#include <algorithm>
#include <filesystem>
#include <functional>

#include "daedalus/base/file.hpp"
#include "daedalus/etl/manifest.hpp"
#include "daedalus/storage/publisher.hpp"

namespace daedalus {
namespace {

constexpr std::string_view kPendingSuffix = ".pending.json";

std::string finished_path(const DataRoot& root, const std::string& source,
                          const std::string& segment) {
  return root.manifests() + "/" + source + "/" + segment + ".json";
}

std::string pending_path(const DataRoot& root, const Manifest& manifest) {
  return root.manifests() + "/" + manifest.source + "/" + manifest.segment +
         std::string(kPendingSuffix);
}

using Steps = std::vector<std::function<Result<void>()>>;

void add_input_steps(Steps& steps, const DataRoot& root, const Manifest& manifest,
                     Publisher& publisher) {
  if (manifest.inputs_afterwards == InputAfterwards::keep) return;
  const bool archive = manifest.inputs_afterwards == InputAfterwards::archive;
  for (const std::string& input : manifest.inputs) {
    steps.push_back([&, archive, input]() -> Result<void> {
      const std::string from = root.ready(manifest.source) + "/" + input;
      if (!archive) return publisher.remove(from);
      const std::string to = root.archive(manifest.source) + "/" + input;
      // A damaged input may have been lost altogether: that must not hold the rest.
      if (!path_exists(from)) return {};
      return publisher.rename(from, to);
    });
  }
  // The record goes last: as long as it is there, its files are looked for in ready.
  steps.push_back([&, archive]() -> Result<void> {
    const std::string name = "/" + manifest.segment + ".json";
    const std::string from = root.processing_records(manifest.source) + name;
    if (!archive) return publisher.remove(from);
    return publisher.rename_or_done(from, root.archive_records(manifest.source) + name);
  });
}

Steps steps_after_manifest(const DataRoot& root, const Manifest& manifest, Publisher& publisher) {
  Steps steps;
  const auto publish = [&](const ManifestOutput& output) {
    steps.push_back([&] {
      return publisher.rename_or_done(root.path + "/" + output.staged,
                                      root.path + "/" + output.path);
    });
  };
  for (const ManifestOutput& output : manifest.outputs) publish(output);
  for (const std::string& path : manifest.removed) {
    steps.push_back([&] { return publisher.remove(root.path + "/" + path); });
  }
  for (const ManifestOutput& state : manifest.states) publish(state);
  add_input_steps(steps, root, manifest, publisher);
  steps.push_back([&] { return publisher.sync(); });
  // Not synced: until the next commit syncs this folder, recovery would do all of it once more.
  steps.push_back([&]() -> Result<void> {
    const std::string pending = pending_path(root, manifest);
    if (!manifest.covers_segment) return publisher.remove(pending);
    return publisher.rename(pending, finished_path(root, manifest.source, manifest.segment));
  });
  return steps;
}

Result<int> finish(const DataRoot& root, const Manifest& manifest, int steps) {
  Publisher publisher;
  int done = 0;
  for (const auto& step : steps_after_manifest(root, manifest, publisher)) {
    if (done == steps) return done;
    DAEDALUS_OK(step());
    ++done;
  }
  return done;
}

/// All that the manifest speaks of survives a power cut before the manifest does.
Result<void> sync_staged(const DataRoot& root, const Manifest& manifest) {
  Publisher publisher;
  DAEDALUS_OK(publisher.make_folder(root.manifests() + "/" + manifest.source));
  DAEDALUS_OK(publisher.sync());
  std::vector<std::string> paths;
  for (const auto* outputs : {&manifest.outputs, &manifest.states}) {
    for (const ManifestOutput& output : *outputs) paths.push_back(root.path + "/" + output.staged);
  }
  for (const std::string& folder :
       {staging_folder(root, manifest.source), root.processing_records(manifest.source),
        root.ready_records(manifest.source)}) {
    if (path_exists(folder)) paths.push_back(folder);
  }
  return sync_all(paths);
}

Result<void> discard_unfinished(const DataRoot& root, const std::string& source) {
  std::error_code error;
  std::filesystem::remove_all(staging_folder(root, source), error);
  if (error) {
    return fail(ErrorKind::io, "cannot remove {}: {}", staging_folder(root, source),
                error.message());
  }
  Publisher publisher;
  DAEDALUS_TRY(const auto claimed, list_files(root.processing_records(source)));
  for (const std::string& name : claimed) {
    if (!name.ends_with(".json")) continue;
    DAEDALUS_OK(publisher.rename(root.processing_records(source) + "/" + name,
                                 root.ready_records(source) + "/" + name));
  }
  return publisher.sync();
}

}  // namespace

std::string staging_folder(const DataRoot& root, const std::string& source) {
  return root.path + "/state/etl_staging/" + source;
}

std::optional<Manifest> find_manifest(const DataRoot& root, const std::string& source,
                                      const std::string& segment) {
  const auto text = read_file(finished_path(root, source, segment));
  if (!text) return std::nullopt;
  auto manifest = parse_manifest(*text);
  if (!manifest) return std::nullopt;
  return *std::move(manifest);
}

Result<int> commit(const DataRoot& root, const Manifest& manifest, int steps) {
  if (steps == 0) return 0;
  DAEDALUS_OK(sync_staged(root, manifest));
  DAEDALUS_OK(publish_file(pending_path(root, manifest), to_json(manifest)));
  DAEDALUS_TRY(const int done, finish(root, manifest, steps - 1));
  return done + 1;
}

Result<bool> recover(const DataRoot& root, const std::string& source) {
  const std::string folder = root.manifests() + "/" + source;
  DAEDALUS_TRY(const auto names, list_files(folder));
  bool finished = false;
  for (const std::string& name : names) {
    if (!name.ends_with(kPendingSuffix)) continue;
    DAEDALUS_TRY(const std::string text, read_file(folder + "/" + name));
    auto manifest = parse_manifest(text);
    if (!manifest) return with_context(std::move(manifest).error(), "{}/{}", folder, name);
    DAEDALUS_OK(finish(root, *manifest, kAllSteps));
    finished = true;
  }
  DAEDALUS_OK(discard_unfinished(root, source));
  return finished;
}

}  // namespace daedalus
