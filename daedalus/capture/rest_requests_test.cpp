#include "daedalus/capture/rest_requests.hpp"

#include <gtest/gtest.h>

#include "daedalus/capture/flow_table.hpp"

namespace daedalus {
namespace {

using std::chrono::seconds;

std::vector<std::string> symbols(const std::vector<RestRequest>& requests) {
  std::vector<std::string> names;
  for (const RestRequest& request : requests) names.push_back(request.symbol_native);
  return names;
}

TEST(WeightWindow, NeverGivesMoreThanTheBudgetInAnyMinute) {
  WeightWindow window(100);
  std::vector<Nanoseconds> taken;
  Nanoseconds now{0};
  for (int i = 0; i < 50; ++i) {
    now = window.next_allowed(30, now);
    window.take(30, now);
    taken.push_back(now);
  }
  for (size_t i = 0; i + 3 < taken.size(); ++i) EXPECT_GE(taken[i + 3] - taken[i], seconds(60));
}

TEST(WeightWindow, ARequestHeavierThanTheBudgetStillGoesAlone) {
  WeightWindow window(10);
  EXPECT_EQ(window.next_allowed(50, seconds(1)), seconds(1));
  window.take(50, seconds(1));
  EXPECT_EQ(window.next_allowed(1, seconds(2)), seconds(61));
}

TEST(EvenPacer, SpacesEvenlyAndDoesNotSaveUp) {
  EvenPacer pacer(2);
  EXPECT_TRUE(pacer.allowed(seconds(100)));
  pacer.take(seconds(100));
  EXPECT_FALSE(pacer.allowed(seconds(100)));
  EXPECT_EQ(pacer.next_allowed(), seconds(100) + std::chrono::milliseconds(500));
}

TEST(RestRequests, AsksForEachSymbolOnceAndForFewAtATime) {
  RestRequests requests({.in_flight = 2});
  for (const char* name : {"A", "B", "C", "A"}) requests.want_snapshot(name, seconds(1));
  const auto first = requests.take_due(seconds(1));
  EXPECT_EQ(symbols(first), (std::vector<std::string>{"A", "B"}));
  EXPECT_TRUE(requests.take_due(seconds(2)).empty());
  EXPECT_TRUE(requests.waits("A"));
  EXPECT_EQ(requests.on_answer(first[0].id, true, seconds(2), 0)->symbol_native, "A");
  EXPECT_FALSE(requests.waits("A"));
  EXPECT_EQ(symbols(requests.take_due(seconds(2))), std::vector<std::string>{"C"});
}

TEST(RestRequests, AFailedRequestComesBackAfterAGrowingWait) {
  RestRequests requests({});
  requests.want_snapshot("A", seconds(0));
  Nanoseconds now{0};
  Nanoseconds last{0};
  for (int i = 0; i < 4; ++i) {
    const auto due = requests.take_due(now);
    ASSERT_EQ(due.size(), 1u);
    (void)requests.on_answer(due[0].id, false, now, 0.5);
    const Nanoseconds wait = *requests.next_deadline(now) - now;
    EXPECT_GT(wait, last);
    last = wait;
    EXPECT_TRUE(requests.take_due(now + wait - Nanoseconds(1)).empty());
    now += wait;
  }
}

TEST(RestRequests, AnOverdueRequestIsAskedAgainAndItsLateAnswerIsStillKnown) {
  RestRequests requests({.answer_within = seconds(5)});
  requests.want_snapshot("A", seconds(0));
  const int64_t id = requests.take_due(seconds(0))[0].id;
  EXPECT_TRUE(requests.take_overdue(seconds(4), 0).empty());
  EXPECT_EQ(symbols(requests.take_overdue(seconds(5), 0)), std::vector<std::string>{"A"});
  EXPECT_TRUE(requests.take_overdue(seconds(6), 0).empty());
  EXPECT_EQ(requests.take_due(seconds(7)).size(), 1u);
  EXPECT_EQ(requests.on_answer(id, true, seconds(8), 0)->symbol_native, "A");
  EXPECT_EQ(requests.on_answer(id, true, seconds(8), 0), std::nullopt);
}

TEST(RestRequests, HoldsEverythingBackWhileTheVenueSaysSo) {
  RestRequests requests({});
  requests.hold_until(seconds(30));
  requests.want_snapshot("A", seconds(0));
  EXPECT_TRUE(requests.take_due(seconds(29)).empty());
  EXPECT_EQ(*requests.next_deadline(seconds(1)), seconds(30));
  EXPECT_EQ(requests.take_due(seconds(30)).size(), 1u);
}

TEST(FlowTable, CountsWhatFlowsAndNamesWhatIsSilentOnceAPeriod) {
  FlowTable table;
  const Subscription book{"BTC-USD", Channel::orderbook};
  const Subscription trades{"BTC-USD", Channel::trades};
  table.ask(book, seconds(0));
  table.ask(trades, seconds(0));
  EXPECT_TRUE(table.on_data(book));
  EXPECT_FALSE(table.on_data(book));
  EXPECT_EQ(table.flowing_count(), 1u);
  EXPECT_TRUE(table.take_silent(seconds(59), seconds(60), seconds(600)).empty());
  EXPECT_EQ(table.take_silent(seconds(60), seconds(60), seconds(600)), std::vector{trades});
  EXPECT_TRUE(table.take_silent(seconds(600), seconds(60), seconds(600)).empty());
  EXPECT_EQ(table.take_silent(seconds(660), seconds(60), seconds(600)), std::vector{trades});
  table.lose(book);
  EXPECT_EQ(table.flowing_count(), 0u);
  EXPECT_FALSE(table.on_data(book));
}

TEST(FlowTable, DataThatNobodyAskedForDoNotCount) {
  FlowTable table;
  EXPECT_FALSE(table.on_data({"X", Channel::trades}));
  EXPECT_EQ(table.flowing_count(), 0u);
}

}  // namespace
}  // namespace daedalus
