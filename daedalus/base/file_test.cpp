#include "daedalus/base/file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include "daedalus/base/hash.hpp"

namespace daedalus {
namespace {

class Files : public ::testing::Test {
 protected:
  Files() {
    char name[] = "/tmp/daedalus_base_XXXXXX";
    folder = ::mkdtemp(name);
  }
  ~Files() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  std::string folder;
};

TEST_F(Files, publish_whole_content_and_leave_no_temporary) {
  const std::string path = folder + "/a/b/c.txt";
  ASSERT_TRUE(publish_file(path, "first"));
  ASSERT_TRUE(publish_file(path, "second"));
  EXPECT_EQ(*read_file(path), "second");
  EXPECT_EQ(*list_files(folder + "/a/b"), std::vector<std::string>{"c.txt"});
  EXPECT_EQ(*list_folders(folder), std::vector<std::string>{"a"});
}

TEST_F(Files, publish_over_the_rest_of_a_broken_try) {
  const std::string path = folder + "/c.txt";
  ASSERT_TRUE(File::create(path + std::string(kTemporarySuffix))->write("a longer old half"));
  ASSERT_TRUE(publish_file(path, "new"));
  EXPECT_EQ(*read_file(path), "new");
}

TEST_F(Files, never_create_over_an_existing_file) {
  ASSERT_TRUE(publish_file(folder + "/x", "kept"));
  const auto created = File::create(folder + "/x");
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().kind, ErrorKind::io);
  EXPECT_EQ(created.error().message, "cannot create " + folder + "/x: File exists");
  EXPECT_EQ(*read_file(folder + "/x"), "kept");
}

TEST_F(Files, write_in_pieces_cut_and_read_again) {
  auto file = File::create(folder + "/x");
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("hello "));
  ASSERT_TRUE(file->write(std::string(3 << 20, 'w')));
  ASSERT_TRUE(file->truncate(5));
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(*file->size(), 5);
  ASSERT_TRUE(file->close());
  ASSERT_TRUE(file->close());
  auto reading = File::open_read(folder + "/x");
  char bytes[16];
  EXPECT_EQ(*reading->read(bytes, sizeof bytes), 5u);
  EXPECT_EQ(*reading->read(bytes, sizeof bytes), 0u);
}

TEST_F(Files, rename_replacing_what_is_there) {
  ASSERT_TRUE(publish_file(folder + "/a/x", "new"));
  ASSERT_TRUE(publish_file(folder + "/b/x", "old"));
  ASSERT_TRUE(rename_durably(folder + "/a/x", folder + "/b/x"));
  EXPECT_EQ(*read_file(folder + "/b/x"), "new");
  EXPECT_FALSE(path_exists(folder + "/a/x"));
  EXPECT_FALSE(rename_durably(folder + "/a/x", folder + "/b/x"));
}

TEST_F(Files, name_the_path_that_fails) {
  const auto missing = read_file(folder + "/none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "cannot open " + folder + "/none: No such file or directory");
  ASSERT_TRUE(publish_file(folder + "/file", "x"));
  const auto inside = make_folders(folder + "/file/sub");
  ASSERT_FALSE(inside);
  EXPECT_EQ(inside.error().message, "cannot create folder " + folder + "/file: it is a file");
}

TEST_F(Files, list_nothing_in_a_folder_that_is_not_there) {
  EXPECT_TRUE(list_files(folder + "/none")->empty());
  EXPECT_TRUE(list_folders(folder + "/none")->empty());
  EXPECT_FALSE(path_exists(folder + "/none"));
}

TEST_F(Files, list_in_the_order_of_names) {
  for (const char* name : {"b", "a", "c"}) ASSERT_TRUE(publish_file(folder + "/" + name, ""));
  ASSERT_TRUE(make_folders(folder + "/d/"));
  EXPECT_EQ(*list_files(folder), (std::vector<std::string>{"a", "b", "c"}));
}

TEST_F(Files, are_removed_once_and_then_are_gone) {
  ASSERT_TRUE(publish_file(folder + "/x", ""));
  EXPECT_TRUE(remove_file(folder + "/x"));
  EXPECT_TRUE(remove_file(folder + "/x"));
  EXPECT_FALSE(path_exists(folder + "/x"));
}

TEST_F(Files, know_the_free_space) {
  EXPECT_GT(*free_bytes(folder), 0);
  EXPECT_FALSE(free_bytes(folder + "/none"));
}

TEST_F(Files, close_with_their_owner) {
  int descriptor = -1;
  {
    auto file = File::create(folder + "/x");
    File moved = *std::move(file);
    descriptor = moved.descriptor();
    EXPECT_EQ(moved.path(), folder + "/x");
  }
  EXPECT_LT(::lseek(descriptor, 0, SEEK_CUR), 0);
}

TEST_F(Files, hash_as_their_bytes_do) {
  const std::string bytes(3'000'000, 'x');
  ASSERT_TRUE(publish_file(folder + "/x", bytes));
  EXPECT_EQ(*hash_file(folder + "/x"), xxh3_128_hex(bytes));
  EXPECT_FALSE(hash_file(folder + "/none"));
}

TEST(Hash, is_xxh3) {
  EXPECT_EQ(xxh3_64(""), 0x2d06800538d394c2u);
  EXPECT_EQ(xxh3_128_hex(""), "99aa06d3014798d86001c324468d497f");
  EXPECT_NE(xxh3_64("a"), xxh3_64("b"));
}

}  // namespace
}  // namespace daedalus
