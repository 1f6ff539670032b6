#include "daedalus/base/nearest_name.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace daedalus {
namespace {

const std::vector<std::string> kKeys = {"symbols", "exchange", "channels", "endpoint", "a"};

TEST(NearestName, is_the_one_with_the_fewest_edits) {
  EXPECT_EQ(nearest_name("symbol", kKeys), "symbols");
  EXPECT_EQ(nearest_name("exhcange", kKeys), "exchange");
  EXPECT_EQ(nearest_name("chanels", kKeys), "channels");
  EXPECT_EQ(nearest_name("symbols", kKeys), "symbols");
}

TEST(NearestName, is_empty_where_none_is_near) {
  EXPECT_EQ(nearest_name("zzzzzzzz", kKeys), "");
  EXPECT_EQ(nearest_name("", kKeys), "");
  EXPECT_EQ(nearest_name("symbols", {}), "");
}

}  // namespace
}  // namespace daedalus
