// The command line as its user sees it: exit codes, and what is said when something is wrong.
#include "app/program.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "app/exit.hpp"
#include "app/key.hpp"
#include "app/ran_test.hpp"
#include "app/scratch_test.hpp"
#include "shell/file.hpp"

namespace kith::app {
namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Program, explains_itself_with_an_example_and_exits_with_0) {
  for (const auto& command : std::vector<std::vector<std::string>>{
           {"--help"}, {"node", "--help"}, {"ctl", "--help"}, {"key", "--help"}, {"key", "new", "--help"}}) {
    const auto ran = kith(command);
    EXPECT_EQ(ran.code, exit_ok);
    EXPECT_TRUE(contains(ran.out, "Example: kith")) << command[0];
  }
  EXPECT_TRUE(contains(kith({"ctl", "--help"}).out, "publish kind"));
  EXPECT_TRUE(contains(kith({"node", "--help"}).out, "KITH_MINIMUM_WORK"));
}

TEST(Program, exits_with_2_when_it_is_used_wrongly) {
  EXPECT_EQ(kith({}).code, exit_usage);
  EXPECT_EQ(kith({"nod"}).code, exit_usage);
  EXPECT_EQ(kith({"node", "--lisen", "x"}).code, exit_usage);
  EXPECT_EQ(kith({"node", "--chain", "regtest", "--chain", "none"}).code, exit_usage);
  const Scratch scratch;
  const auto wrong = kith({"node", "--data-dir", scratch / "n", "--chain", "bitcoin"});
  EXPECT_EQ(wrong.code, exit_usage);
  EXPECT_TRUE(contains(wrong.err, "--chain: 'bitcoin'")) << wrong.err;
  const auto method = kith({"ctl", "peeers"});
  EXPECT_EQ(method.code, exit_usage);
  EXPECT_TRUE(contains(method.err, "did you mean peers?")) << method.err;
  EXPECT_TRUE(contains(kith({"ctl", "connect"}).err, "connect needs address"));
  EXPECT_EQ(kith({"ctl", "disconnect", "1", "2"}).code, exit_usage);
}

TEST(Program, says_what_to_do_when_no_node_answers_and_exits_with_1) {
  const Scratch scratch;
  const auto absent = kith({"ctl", "info", "--data-dir", scratch.path()});
  EXPECT_EQ(absent.code, exit_failure);
  EXPECT_TRUE(contains(absent.err, "is it running? start one with kith node")) << absent.err;
  scratch.write("cookie", "__cookie__:00\n127.0.0.1:1\n");
  const auto gone = kith({"ctl", "info", "--data-dir", scratch.path()});
  EXPECT_EQ(gone.code, exit_failure);
  EXPECT_TRUE(contains(gone.err, "no node answers at 127.0.0.1:1")) << gone.err;
}

TEST(Program, exits_with_3_when_another_holds_the_directory) {
  const Scratch scratch;
  const auto lock = shell::DirectoryLock::take(scratch.path());
  ASSERT_TRUE(lock);
  const auto ran =
      kith({"node", "--data-dir", scratch.path(), "--listen", "/ip4/127.0.0.1/tcp/0/lean", "--rpc", "127.0.0.1:0"});
  EXPECT_EQ(ran.code, exit_locked);
  EXPECT_TRUE(contains(ran.err, "in use by another process")) << ran.err;
}

TEST(Key, is_made_once_for_the_owner_only_and_shown_again) {
  const Scratch scratch;
  const auto made = kith({"key", "new", scratch / "key", "--json"});
  ASSERT_EQ(made.code, exit_ok);
  EXPECT_TRUE(contains(made.out, "\"id\":\"12D3Koo")) << made.out;
  EXPECT_EQ(kith({"key", "show", scratch / "key", "--json"}).out, made.out);
  struct stat status{};
  ASSERT_EQ(::stat((scratch / "key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const auto before = scratch.read("key");
  EXPECT_EQ(kith({"key", "new", scratch / "key"}).code, exit_failure);
  EXPECT_EQ(scratch.read("key"), before) << "an identity was overwritten";
}

TEST(Key, of_anything_but_64_digits_is_refused) {
  const Scratch scratch;
  for (const auto& text : {std::string(), std::string(63, '0'), std::string(64, 'g'), std::string(1000, '0')}) {
    scratch.write("key", text);
    const auto read = read_key(scratch / "key");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().fault, Fault::bad_config);
  }
  EXPECT_EQ(kith({"key", "show", scratch / "none"}).code, exit_failure);
}

}  // namespace
}  // namespace kith::app
