#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <thread>

#include "daedalus/base/file.hpp"
#include "daedalus/bronze/seal.hpp"
#include "daedalus/capture/scripted_binance.hpp"
#include "daedalus/capture/scripted_coinbase.hpp"
#include "daedalus/capture/scripted_server.hpp"
#include "daedalus/cli/commands.hpp"
#include "daedalus/journal/temporary_folder.hpp"

namespace daedalus {
namespace {

using testing::HasSubstr;

/// What a command printed and its exit code.
struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

Outcome run_command(Command declare, const GlobalOptions& global,
                    std::vector<std::string> arguments) {
  CLI::App app;
  const auto run = declare(app, global);
  std::ranges::reverse(arguments);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Outcome outcome;
  try {
    app.parse(arguments);
    outcome.code = run();
  } catch (const CLI::ParseError& error) {
    outcome.code = app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  outcome.out = testing::internal::GetCapturedStdout();
  outcome.err = testing::internal::GetCapturedStderr();
  return outcome;
}

class IngestCommand : public testing::Test {
 protected:
  /// Signals go to the command's wait only, not to the server's thread.
  IngestCommand() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    (void)make_folders(folder / "config");
    (void)publish_file(config(), "journal:\n  min_free_mb: 1\n");
  }
  std::string config() const { return folder / "config/config.yaml"; }
  GlobalOptions global() const { return {.config = config(), .data_root = folder / "data"}; }
  DataRoot root() const { return {folder / "data"}; }

  TemporaryFolder folder;
};

TEST_F(IngestCommand, SaysWhatRunsAndStopsCleanlyOnSigterm) {
  ScriptedCoinbase venue({"BTC-USD", "ETH-USD"}, wall_clock_now());
  ScriptedServer server(venue);
  std::thread killer([] {
    std::this_thread::sleep_for(std::chrono::seconds(2));
    ::kill(::getpid(), SIGTERM);
  });
  const auto began = std::chrono::steady_clock::now();
  const Outcome outcome = run_command(
      declare_ingest, global(),
      {"--exchange", "coinbase", "--symbols", "BTC-USD,ETH-USD", "--channels", "orderbook",
       "--endpoint", server.websocket(), "--rest-endpoint", server.http()});
  killer.join();
  EXPECT_EQ(outcome.code, kExitDone) << outcome.err;
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(12));
  EXPECT_THAT(outcome.out, HasSubstr("daedalus 0.1.0"));
  EXPECT_THAT(outcome.out, HasSubstr("venues coinbase"));
  EXPECT_THAT(outcome.out, HasSubstr("2 symbol(s)"));
  EXPECT_THAT(outcome.out, HasSubstr("Ingestion pipeline running with 1 collector(s)\n"));
  EXPECT_THAT(list_files(root().active("coinbase")).value(), testing::IsEmpty());
  EXPECT_EQ(list_files(root().ready_records("coinbase")).value().size(), 1u);
}

TEST_F(IngestCommand, StopsAfterItsDurationWithNdjsonToo) {
  ScriptedBinance venue({"BTCUSDT"}, wall_clock_now(), 1);
  ScriptedServer server(venue);
  const Outcome outcome =
      run_command(declare_ingest, global(),
                  {"--exchange", "binance", "--symbols", "BTC/USDT", "--channels", "orderbook",
                   "--endpoint", server.websocket(), "--rest-endpoint", server.http(),
                   "--raw-format", "ndjson", "--duration", "1"});
  EXPECT_EQ(outcome.code, kExitDone) << outcome.err;
  EXPECT_THAT(list_files(root().active("binance")).value(), testing::IsEmpty());
  EXPECT_THAT(list_files(root().ready("binance")).value(),
              testing::Contains(testing::EndsWith(".ndjson.zst")));
}

TEST_F(IngestCommand, RefusesWhatCannotBeWithExitCode2) {
  const auto refused = [&](std::vector<std::string> arguments) {
    const Outcome outcome = run_command(declare_ingest, global(), std::move(arguments));
    EXPECT_EQ(outcome.code, kExitUsage);
    return outcome.err;
  };
  EXPECT_THAT(refused({"--exchange", "coinbsae", "--symbols", "BTC-USD"}), HasSubstr("coinbase"));
  EXPECT_THAT(refused({"--exchange", "coinbase", "--symbols", "BTC-USD", "--channels", "trade"}),
              HasSubstr("did you mean trades?"));
  EXPECT_THAT(refused({"--exchange", "coinbase"}), HasSubstr("no symbols"));
  EXPECT_THAT(refused({}), HasSubstr("--exchange coinbase --symbols BTC-USD,ETH-USD"));
  EXPECT_THAT(refused({"--source", "nobody"}), HasSubstr("no source \"nobody\""));
}

TEST_F(IngestCommand, RefusesTwoSourcesOfOneStreamNamingBoth) {
  (void)publish_file(config(),
                     "sources:\n"
                     "  - {name: first, exchange: coinbase, symbols: [BTC-USD]}\n"
                     "  - {name: second, exchange: coinbase, symbols: [BTC/USD, ETH-USD]}\n");
  const Outcome outcome = run_command(declare_ingest, global(), {});
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.err,
              testing::AllOf(HasSubstr("first"), HasSubstr("second"), HasSubstr("BTC-USD")));
}

TEST_F(IngestCommand, AnUnwritableDataRootIsOneLineAndExitCode1) {
  (void)publish_file(folder / "plain", "a file");
  const Outcome outcome =
      run_command(declare_ingest, {.config = config(), .data_root = folder / "plain/data"},
                  {"--exchange", "coinbase", "--symbols", "BTC-USD"});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr(folder / "plain"));
}

TEST_F(IngestCommand, CheckLiveNamesWhatFlowed) {
  ScriptedCoinbase venue({"BTC-USD"}, wall_clock_now());
  ScriptedServer server(venue);
  const std::vector<std::string> common = {
      "--exchange",       "coinbase",        "--symbols",   "BTC-USD",   "--endpoint",
      server.websocket(), "--rest-endpoint", server.http(), "--seconds", "5"};
  std::vector<std::string> books = common;
  books.insert(books.end(), {"--channels", "orderbook"});
  const Outcome good = run_command(declare_check_live, global(), books);
  EXPECT_EQ(good.code, kExitDone) << good.out;
  EXPECT_THAT(good.out, HasSubstr("1 of 1 streams flowed"));
  EXPECT_THAT(good.out, HasSubstr(" ms"));
  EXPECT_FALSE(path_exists(root().path));
}

TEST_F(IngestCommand, CheckLiveIsNotContentWithABookThatHasNoImage) {
  ScriptedBinance venue({"BTCUSDT"}, wall_clock_now(), 1);
  ScriptedServer server(venue);
  const Outcome outcome = run_command(
      declare_check_live, global(),
      {"--exchange", "binance", "--symbols", "BTC/USDT", "--channels", "orderbook", "--endpoint",
       server.websocket(), "--rest-endpoint", "http://127.0.0.1:1", "--seconds", "2"});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.out, testing::AllOf(HasSubstr("NO IMAGE OF THE BOOK"),
                                          HasSubstr("0 of 1 streams flowed")));
}

TEST_F(IngestCommand, CheckLiveTellsARefusalInWords) {
  ScriptedCoinbase venue({"BTC-USD"}, wall_clock_now());
  ScriptedServer server(venue);
  server.refuse_with = 451;
  const Outcome refused =
      run_command(declare_check_live, global(),
                  {"--exchange", "coinbase", "--symbols", "BTC-USD", "--endpoint",
                   server.websocket(), "--rest-endpoint", server.http(), "--seconds", "1"});
  EXPECT_EQ(refused.code, kExitFailed);
  EXPECT_THAT(refused.out, testing::AllOf(HasSubstr("451"), HasSubstr("no connection stood"),
                                          HasSubstr("NOTHING CAME")));
}

}  // namespace
}  // namespace daedalus
