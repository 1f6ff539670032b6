#include "daedalus/base/serialize.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

namespace daedalus {
namespace {

TEST(State, reads_back_what_was_written_in_order) {
  StateWriter writer;
  writer.integer(int64_t{-5});
  writer.integer(std::numeric_limits<uint64_t>::max());
  writer.real(-0.0);
  writer.boolean(true);
  writer.text(std::string_view("a\0b", 3));
  writer.optional_integer(std::optional<int32_t>(-7));
  writer.optional_integer(std::optional<int32_t>());
  writer.optional_real(1.5);
  writer.optional_real(std::nullopt);
  StateReader reader(writer.bytes());
  EXPECT_EQ(reader.integer(), -5);
  EXPECT_EQ(reader.integer<uint64_t>(), std::numeric_limits<uint64_t>::max());
  EXPECT_TRUE(std::signbit(reader.real()));
  EXPECT_TRUE(reader.boolean());
  EXPECT_EQ(reader.text(), std::string("a\0b", 3));
  EXPECT_EQ(reader.optional_integer<int32_t>(), -7);
  EXPECT_FALSE(reader.optional_integer<int32_t>());
  EXPECT_EQ(reader.optional_real(), 1.5);
  EXPECT_FALSE(reader.optional_real());
  EXPECT_TRUE(reader.at_end());
}

TEST(State, keeps_the_bits_of_any_double) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(), 5e-324}) {
    StateWriter writer;
    writer.real(value);
    const double again = StateReader(writer.bytes()).real();
    EXPECT_EQ(std::bit_cast<int64_t>(again), std::bit_cast<int64_t>(value));
  }
}

RC_GTEST_PROP(StateProperty, any_number_is_read_back, ()) {
  const auto bits = *rc::gen::inRange(0, 65);
  const auto any = *rc::gen::arbitrary<int64_t>();
  const int64_t number = bits == 0 ? 0 : any >> (64 - bits);
  StateWriter writer;
  writer.integer(number);
  writer.real(std::bit_cast<double>(number));
  StateReader reader(writer.bytes());
  RC_ASSERT(reader.integer() == number);
  RC_ASSERT(std::bit_cast<int64_t>(reader.real()) == number);
  RC_ASSERT(reader.at_end());
}

TEST(State, numbers_take_as_many_bytes_as_they_need) {
  const auto size_of = [](int64_t number) {
    StateWriter writer;
    writer.integer(number);
    return writer.bytes().size();
  };
  EXPECT_EQ(size_of(0), 1u);
  EXPECT_EQ(size_of(-124), 1u);
  EXPECT_EQ(size_of(124), 2u);
  EXPECT_EQ(size_of(1000), 3u);
  EXPECT_EQ(size_of(std::numeric_limits<int64_t>::min()), 9u);
  EXPECT_EQ(size_of(std::numeric_limits<int64_t>::max()), 9u);
}

TEST(State, is_not_ok_past_its_end_and_stays_so) {
  StateWriter writer;
  writer.boolean(true);
  StateReader reader(writer.bytes());
  EXPECT_EQ(reader.integer(), 0);
  EXPECT_FALSE(reader.ok());
  EXPECT_FALSE(reader.boolean());
  EXPECT_FALSE(reader.at_end());
}

TEST(State, refuses_counts_and_lengths_beyond_its_bytes) {
  StateWriter writer;
  writer.integer(int64_t{1} << 60);
  StateReader counting(writer.bytes());
  EXPECT_EQ(counting.count(), 0u);
  EXPECT_FALSE(counting.ok());
  StateReader reading(writer.bytes());
  EXPECT_EQ(reading.text(), "");
  EXPECT_FALSE(reading.ok());
  StateWriter negative;
  negative.integer(-1);
  StateReader reader(negative.bytes());
  EXPECT_EQ(reader.text(), "");
  EXPECT_FALSE(reader.ok());
}

TEST(SealedState, gives_its_content_back) {
  for (const std::string& content : {std::string(), std::string("x"), std::string(100'000, 'a')}) {
    const std::string sealed = seal_state(content, 3);
    const auto again = unseal_state(sealed, 3);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, content);
  }
}

TEST(SealedState, is_the_same_bytes_for_the_same_content) {
  EXPECT_EQ(seal_state("some state", 1), seal_state("some state", 1));
}

TEST(SealedState, names_the_versions_where_they_differ) {
  const auto opened = unseal_state(seal_state("x", 3), 4);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::malformed);
  EXPECT_EQ(opened.error().message, "a state of format version 3, this program reads 4");
}

TEST(SealedState, is_refused_after_any_cut_and_any_flipped_bit) {
  std::string content;
  for (int i = 0; i < 300; ++i) content += std::to_string(i * i);
  const std::string sealed = seal_state(content, 1);
  for (size_t size = 0; size < sealed.size(); ++size) {
    ASSERT_FALSE(unseal_state(sealed.substr(0, size), 1)) << size;
  }
  EXPECT_FALSE(unseal_state(sealed + "x", 1));
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string damaged = sealed;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto opened = unseal_state(damaged, 1);
    ASSERT_FALSE(opened) << "bit " << bit;
  }
}

TEST(CompressedState, gives_its_content_back_and_refuses_what_is_none) {
  for (const std::string& content : {std::string(), std::string("x"), std::string(100'000, 'a')}) {
    const std::string compressed = compress_state(content);
    const auto again = decompress_state(compressed);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, content);
    EXPECT_FALSE(decompress_state(compressed.substr(0, compressed.size() - 1)));
  }
  EXPECT_LT(compress_state(std::string(100'000, 'a')).size(), 1000u);
  EXPECT_FALSE(decompress_state("not compressed"));
}

RC_GTEST_PROP(StateProperty, any_bytes_are_read_without_harm, (const std::string& bytes)) {
  StateReader reader(bytes);
  while (reader.ok() && !reader.at_end()) {
    reader.text();
    reader.optional_integer();
    reader.count();
  }
  RC_ASSERT(!unseal_state(bytes, 1).has_value());
  RC_ASSERT(!decompress_state(bytes).has_value());
}

}  // namespace
}  // namespace daedalus
