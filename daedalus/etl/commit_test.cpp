#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>

#include "daedalus/base/file.hpp"
#include "daedalus/etl/manifest.hpp"
#include "daedalus/etl/source_lock.hpp"

namespace daedalus {
namespace {

namespace fs = std::filesystem;

class CommitTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/daedalus_etl_XXXXXX";
    root_.path = mkdtemp(name);
  }
  void TearDown() override { fs::remove_all(root_.path); }

  void put(const std::string& path, const std::string& content) {
    ASSERT_TRUE(publish_file(root_.path + "/" + path, content));
  }

  /// A claimed segment with two outputs and a state staged.
  Manifest stage() {
    Manifest manifest{.source = "x",
                      .segment = "segment_20240718T23_00001",
                      .inputs = {"trades/a.parquet", "orderbook/a.parquet"},
                      .removed = {"processed/old.parquet"},
                      .rows_in = 7};
    put("raw/ready/x/trades/a.parquet", "trades");
    put("raw/ready/x/orderbook/a.parquet", "book");
    put("raw/processing/x/segments/segment_20240718T23_00001.json", "record");
    put("processed/old.parquet", "old");
    put("processed/first.parquet", "earlier run");
    for (const char* output : {"first", "second"}) {
      const std::string staged = std::string("state/etl_staging/x/") + output + ".tmp";
      put(staged, output);
      manifest.outputs.push_back(
          {.staged = staged, .path = std::string("processed/") + output + ".parquet", .rows = 1});
    }
    put("state/etl_staging/x/state.tmp", "engines");
    manifest.states.push_back({.staged = "state/etl_staging/x/state.tmp",
                               .path = "state/etl/x/segment_20240718T23_00001.state"});
    return manifest;
  }

  /// All files with their content; what a crash and its repair must agree about.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(root_.path)) {
      if (!entry.is_regular_file()) continue;
      found[fs::relative(entry.path(), root_.path)] = read_file(entry.path()).value();
    }
    return found;
  }

  void start_anew() {
    fs::remove_all(root_.path);
    fs::create_directories(root_.path);
  }

  DataRoot root_;
};

TEST_F(CommitTest, ACommitPublishesAllAndArchivesTheInput) {
  const Manifest manifest = stage();

  ASSERT_TRUE(commit(root_, manifest));

  auto found = files();
  const std::string kept = found["state/manifests/x/segment_20240718T23_00001.json"];
  found.erase("state/manifests/x/segment_20240718T23_00001.json");
  EXPECT_EQ(found, (std::map<std::string, std::string>{
                       {"processed/first.parquet", "first"},
                       {"processed/second.parquet", "second"},
                       {"raw/archive/x/orderbook/a.parquet", "book"},
                       {"raw/archive/x/segments/segment_20240718T23_00001.json", "record"},
                       {"raw/archive/x/trades/a.parquet", "trades"},
                       {"state/etl/x/segment_20240718T23_00001.state", "engines"}}));
  EXPECT_EQ(to_json(parse_manifest(kept).value()), to_json(manifest));
}

TEST_F(CommitTest, ACrashAfterAnyStepIsFinishedByRecovery) {
  ASSERT_TRUE(commit(root_, stage()));
  const auto wanted = files();
  start_anew();
  const int all_steps = commit(root_, stage()).value();
  ASSERT_GE(all_steps, 10);

  for (int steps = 1; steps <= all_steps; ++steps) {
    start_anew();
    ASSERT_EQ(commit(root_, stage(), steps).value(), steps);
    const bool finished = recover(root_, "x").value();
    EXPECT_EQ(files(), wanted) << "crash after step " << steps;
    EXPECT_EQ(finished, steps < all_steps) << steps;
  }
}

TEST_F(CommitTest, ACrashBeforeTheManifestDiscardsAllAndGivesTheSegmentBack) {
  const Manifest manifest = stage();

  ASSERT_EQ(commit(root_, manifest, 0).value(), 0);
  ASSERT_FALSE(recover(root_, "x").value());

  EXPECT_EQ(files(), (std::map<std::string, std::string>{
                         {"processed/first.parquet", "earlier run"},
                         {"processed/old.parquet", "old"},
                         {"raw/ready/x/orderbook/a.parquet", "book"},
                         {"raw/ready/x/segments/segment_20240718T23_00001.json", "record"},
                         {"raw/ready/x/trades/a.parquet", "trades"}}));
}

TEST_F(CommitTest, RecoveryTwiceIsRecoveryOnce) {
  ASSERT_TRUE(commit(root_, stage(), 4));
  ASSERT_TRUE(recover(root_, "x").value());
  const auto once = files();

  ASSERT_FALSE(recover(root_, "x").value());

  EXPECT_EQ(files(), once);
}

TEST_F(CommitTest, DeletingTheInputLeavesNothingOfIt) {
  Manifest manifest = stage();
  manifest.inputs_afterwards = InputAfterwards::remove;

  ASSERT_TRUE(commit(root_, manifest));

  for (const auto& [path, content] : files()) EXPECT_FALSE(path.starts_with("raw/")) << path;
}

TEST_F(CommitTest, ALostStagedFileIsAnErrorAndNotASilentHole) {
  const Manifest manifest = stage();
  fs::remove(root_.path + "/state/etl_staging/x/second.tmp");

  const auto done = commit(root_, manifest);

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::io);
  EXPECT_NE(done.error().message.find("second.tmp"), std::string::npos);
}

TEST_F(CommitTest, ADamagedManifestIsMalformed) {
  const auto manifest = parse_manifest("{\"format\": 1, \"source\":");

  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().kind, ErrorKind::malformed);
}

TEST_F(CommitTest, ASecondProcessOnASourceIsRefusedByName) {
  const std::string path = root_.path + "/state/etl/x/lock";
  const auto first = SourceLock::take(path, "x");
  ASSERT_TRUE(first);

  const auto second = SourceLock::take(path, "x");

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(second.error().message, "another process works on source x (it holds " + path +
                                        "): wait until it ends, or stop it");
}

}  // namespace
}  // namespace daedalus
