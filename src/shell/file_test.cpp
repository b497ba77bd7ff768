// What files promise: whole or not at all, also when the disk is full in the middle of a write.
#include "shell/file.hpp"

#include <cstdlib>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "shell/misfortunes_test.hpp"

namespace kith::shell {
namespace {

namespace fs = std::filesystem;

/// A directory of its own, gone at the end.
class Directory {
 public:
  Directory() {
    auto pattern = (fs::temp_directory_path() / "kith-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Directory() { fs::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  fs::path operator/(const char* name) const { return path_ / name; }
  const fs::path& path() const { return path_; }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

Buffer content(const fs::path& path) { return read_file(path, 1 << 20).value(); }

TEST(File, is_replaced_whole_and_leaves_nothing_beside_it) {
  const Directory directory;
  ASSERT_TRUE(write_atomically(directory / "book.dat", as_bytes("the first and longer content")));
  ASSERT_TRUE(write_atomically(directory / "book.dat", as_bytes("the second")));
  EXPECT_EQ(as_text(content(directory / "book.dat")), "the second");
  EXPECT_EQ(directory.entries(), 1U);
}

TEST(File, keeps_its_old_content_wherever_a_write_of_the_new_one_fails) {
  const Directory directory;
  ASSERT_TRUE(write_atomically(directory / "book.dat", as_bytes("old")));
  for (u64 most = 0; most < 10; ++most) {
    const auto written = [&] {
      const SmallDisk disk(most);
      return write_atomically(directory / "book.dat", as_bytes("new content"));
    }();
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().fault, Fault::storage);
    EXPECT_EQ(as_text(content(directory / "book.dat")), "old");
    EXPECT_EQ(directory.entries(), 1U) << "half a file is left";
  }
}

TEST(File, that_cannot_be_made_is_an_error_and_not_an_exception) {
  const Directory directory;
  EXPECT_EQ(write_atomically(directory / "absent/book.dat", {}).error().fault, Fault::storage);
  EXPECT_EQ(read_file(directory / "absent", 10).error().fault, Fault::storage);
  EXPECT_EQ(read_file(directory.path(), 10).error().fault, Fault::storage);
}

TEST(File, larger_than_its_reader_allows_is_not_read) {
  const Directory directory;
  ASSERT_TRUE(write_atomically(directory / "book.dat", Buffer(11)));
  EXPECT_EQ(read_file(directory / "book.dat", 10).error().fault, Fault::oversize);
  EXPECT_EQ(read_file(directory / "book.dat", 11)->size(), 11U);
}

TEST(File, damaged_twice_is_set_aside_under_two_names) {
  const Directory directory;
  for (const char* text : {"one", "two"}) {
    ASSERT_TRUE(write_atomically(directory / "book.dat", as_bytes(text)));
    ASSERT_TRUE(set_aside(directory / "book.dat"));
  }
  EXPECT_FALSE(fs::exists(directory / "book.dat"));
  EXPECT_EQ(as_text(content(directory / "book.dat.damaged-1")), "one");
  EXPECT_EQ(as_text(content(directory / "book.dat.damaged-2")), "two");
}

TEST(DirectoryLock, lets_a_second_one_in_only_after_the_first_is_gone) {
  const Directory directory;
  {
    const auto first = DirectoryLock::take(directory / "made/for/it");
    ASSERT_TRUE(first);
    EXPECT_EQ(DirectoryLock::take(directory / "made/for/it").error().fault, Fault::storage);
  }
  EXPECT_TRUE(DirectoryLock::take(directory / "made/for/it"));
}

TEST(FileLog, gives_back_what_was_appended_also_to_the_next_run) {
  const Directory directory;
  {
    auto log = FileLog::open(directory / "blocks").value();
    EXPECT_EQ(log.append(as_bytes("one")), 0U);
    EXPECT_EQ(log.append(as_bytes("three")), 3U);
    ASSERT_TRUE(log.flush());
  }
  const auto log = FileLog::open(directory / "blocks").value();
  EXPECT_EQ(log.size(), 8U);
  EXPECT_EQ(as_text(log.read(3, 5).value()), "three");
  EXPECT_EQ(log.read(4, 5).error().fault, Fault::storage);
  EXPECT_EQ(log.read(~u64{0}, 1).error().fault, Fault::storage);
  EXPECT_EQ(log.read(1, ~std::size_t{0}).error().fault, Fault::storage);
}

TEST(FileLog, is_as_it_was_after_an_append_that_failed_at_any_byte) {
  const Directory directory;
  auto log = FileLog::open(directory / "blocks").value();
  ASSERT_TRUE(log.append(as_bytes("kept")));
  for (u64 most = 0; most < 9; ++most) {
    const auto appended = [&] {
      const SmallDisk disk(most);
      return log.append(as_bytes("torn!"));
    }();
    ASSERT_FALSE(appended) << most;
    EXPECT_EQ(appended.error().fault, Fault::storage);
    EXPECT_EQ(log.size(), 4U);
    EXPECT_EQ(as_text(content(directory / "blocks")), "kept");
  }
  EXPECT_EQ(log.append(as_bytes("more")), 4U);
  EXPECT_EQ(as_text(content(directory / "blocks")), "keptmore");
}

TEST(FileLog, truncated_goes_on_from_there_and_never_grows_by_it) {
  const Directory directory;
  auto log = FileLog::open(directory / "blocks").value();
  ASSERT_TRUE(log.append(as_bytes("one two")));
  ASSERT_TRUE(log.truncate(4));
  EXPECT_EQ(log.append(as_bytes("three")), 4U);
  EXPECT_EQ(as_text(content(directory / "blocks")), "one three");
  EXPECT_FALSE(log.truncate(10));
}

RC_GTEST_PROP(FileLog, does_what_a_log_in_memory_does, (const std::vector<std::pair<Buffer, u8>>& steps)) {
  const Directory directory;
  auto log = FileLog::open(directory / "blocks").value();
  ledger::MemoryLog twin;
  for (const auto& [bytes, choice] : steps) {
    if (choice % 4 == 0) RC_ASSERT(log.truncate(choice).has_value() == twin.truncate(choice).has_value());
    RC_ASSERT(log.append(bytes).value() == twin.append(bytes).value());
    const auto ours = log.read(choice, choice);
    const auto theirs = twin.read(choice, choice);
    RC_ASSERT(ours.has_value() == theirs.has_value());
    if (ours) RC_ASSERT(*ours == *theirs);
  }
  RC_ASSERT(log.size() == twin.size());
}

}  // namespace
}  // namespace kith::shell
