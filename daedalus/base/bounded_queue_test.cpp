#include "daedalus/base/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace daedalus {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(BoundedQueue, gives_items_in_order_and_forgets_their_cost) {
  BoundedQueue<int> queue(100);
  EXPECT_TRUE(queue.push(1, 10));
  EXPECT_TRUE(queue.push(2, 20));
  EXPECT_EQ(queue.cost(), 30u);
  EXPECT_EQ(queue.pop_all(seconds(0)), (std::vector<int>{1, 2}));
  EXPECT_EQ(queue.cost(), 0u);
}

TEST(BoundedQueue, times_out_empty) {
  BoundedQueue<int> queue(100);
  EXPECT_TRUE(queue.pop_all(milliseconds(1)).empty());
}

TEST(BoundedQueue, takes_an_item_larger_than_its_bound_only_when_empty) {
  BoundedQueue<int> queue(10);
  int item = 1;
  EXPECT_TRUE(queue.try_push(item, 50));
  EXPECT_FALSE(queue.try_push(item, 1));
  EXPECT_EQ(queue.pop_all(seconds(0)).size(), 1u);
  EXPECT_TRUE(queue.try_push(item, 4));
  EXPECT_TRUE(queue.try_push(item, 6));
  EXPECT_FALSE(queue.try_push(item, 1));
}

TEST(BoundedQueue, leaves_an_item_it_does_not_take_untouched) {
  BoundedQueue<std::unique_ptr<int>> queue(10);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  ASSERT_TRUE(queue.try_push(first, 10));
  EXPECT_FALSE(queue.try_push(second, 10));
  EXPECT_TRUE(second);
  queue.pop_all(seconds(0));
  queue.close();
  EXPECT_FALSE(queue.try_push(second, 1));
  EXPECT_TRUE(second);
}

TEST(BoundedQueue, takes_control_items_beyond_its_bound) {
  BoundedQueue<int> queue(1);
  EXPECT_TRUE(queue.push_always(1, 1));
  EXPECT_TRUE(queue.push_always(2, 1));
  EXPECT_EQ(queue.pop_all(seconds(0)).size(), 2u);
}

TEST(BoundedQueue, can_be_drained_after_closing) {
  BoundedQueue<int> queue(10);
  queue.push(1, 1);
  queue.close();
  EXPECT_TRUE(queue.closed());
  EXPECT_FALSE(queue.push(2, 1));
  EXPECT_FALSE(queue.push_always(2, 1));
  EXPECT_EQ(queue.pop_all(seconds(5)), std::vector<int>{1});
  EXPECT_TRUE(queue.pop_all(seconds(5)).empty());
}

TEST(BoundedQueue, wakes_a_waiting_producer_when_room_is_made_or_the_queue_closed) {
  BoundedQueue<int> queue(1);
  queue.push(1, 1);
  std::atomic<int> taken = 0;
  std::thread producer([&] {
    taken += queue.push(2, 1);
    taken += queue.push(3, 1);
  });
  while (queue.pop_all(milliseconds(10)).empty()) {
  }
  while (taken < 1) std::this_thread::yield();
  queue.close();
  producer.join();
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(queue.pop_all(seconds(0)), std::vector<int>{2});
}

TEST(BoundedQueue, loses_and_reorders_nothing_between_threads_and_keeps_its_bound) {
  constexpr int kProducers = 3;
  constexpr int kItems = 20'000;
  BoundedQueue<std::pair<int, int>> queue(64);
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&queue, p] {
      for (int i = 0; i < kItems; ++i) ASSERT_TRUE(queue.push({p, i}, 1 + i % 7));
    });
  }
  std::vector<int> next(kProducers, 0);
  int received = 0;
  while (received < kProducers * kItems) {
    ASSERT_LE(queue.cost(), queue.cost_limit());
    for (const auto& [producer, item] : queue.pop_all(seconds(5))) {
      ASSERT_EQ(item, next[producer]++);
      ++received;
    }
  }
  for (std::thread& producer : producers) producer.join();
}

}  // namespace
}  // namespace daedalus
