// A network's file: what stands in it, what is refused of it, and `kith network` as its user sees it.
#include "app/network_file.hpp"

#include <gtest/gtest.h>

#include "app/exit.hpp"
#include "app/program.hpp"
#include "app/scratch_test.hpp"
#include "codec/multiaddr.hpp"

namespace kith::app {
namespace {

constexpr const char* somebody =
    "/ip4/192.0.2.1/tcp/7513/lean/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";

NetworkFile example(ChainName chain = ChainName::none) {
  return {"testers", "0011223344556677", chain, {codec::parse_endpoint(somebody).value()}};
}

/// Why a file with this text is refused.
std::string why(const std::string& text) {
  const Scratch scratch;
  scratch.write("n.toml", text);
  const auto read = read_network_file(scratch / "n.toml");
  return read ? "nothing is wrong" : read.error();
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(NetworkFile, reads_back_as_it_was_written) {
  for (const auto chain : {ChainName::none, ChainName::regtest, ChainName::mainnet}) {
    const Scratch scratch;
    scratch.write("n.toml", to_toml(example(chain)));
    const auto read = read_network_file(scratch / "n.toml");
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(to_toml(*read), to_toml(example(chain)));
    EXPECT_EQ(read->network(), "testers-0011223344556677");
  }
  EXPECT_EQ(genesis_of(ChainName::none), "");
  EXPECT_EQ(genesis_of(ChainName::mainnet), "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
}

TEST(NetworkFile, of_another_nonce_or_chain_is_another_network) {
  auto other = example();
  other.nonce = "0011223344556678";
  EXPECT_NE(id_of(other), id_of(example()));
  EXPECT_NE(id_of(example(ChainName::regtest)), id_of(example()));
}

TEST(NetworkFile, that_was_changed_is_refused_naming_what) {
  const auto good = to_toml(example(ChainName::regtest));
  const auto expect = [&](const std::string& text, const std::string& part) {
    EXPECT_NE(why(text).find(part), std::string::npos) << why(text);
  };
  expect(changed(good, "testers", "tester"), "id: this is not the id of this name");
  expect(changed(good, "0011", "0012"), "id: this is not the id of this name");
  expect(changed(good, "regtest", "mainnet"), "genesis: that of chain mainnet is '0000");
  expect(changed(good, "regtest", "bitcoin"), "chain: none, regtest or mainnet is expected");
  expect(changed(good, "bootstrap", "bootstap"), "bootstap: there is no such key, did you mean bootstrap?");
  expect(changed(good, "/lean/p2p/", "/lean/p3p/"), "is no lean multiaddr with /p2p/ID");
  expect(changed(good, "\"testers\"", "7"), "name: 1 to 40 letters");
  expect(good + "x = 1\n", "x: there is no such key");
  expect("name = ", "line 1");
  EXPECT_NE(why(std::string(max_network_file + 1, '#')).find("n.toml"), std::string::npos);
}

TEST(NetworkCommand, makes_a_file_once_and_shows_it) {
  const Scratch scratch;
  const std::vector<std::string> make{"network", "new",   "testers",          "--bootstrap",
                                      somebody,  "--out", scratch / "n.toml", "--json"};
  testing::internal::CaptureStdout();
  EXPECT_EQ(run(make), exit_ok);
  const auto made = testing::internal::GetCapturedStdout();
  testing::internal::CaptureStdout();
  EXPECT_EQ(run(std::vector<std::string>{"network", "show", scratch / "n.toml", "--json"}), exit_ok);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), made);
  EXPECT_NE(made.find(somebody), std::string::npos) << made;
  const auto before = scratch.read("n.toml");
  testing::internal::CaptureStderr();
  EXPECT_EQ(run(make), exit_failure);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("is there already"), std::string::npos);
  EXPECT_EQ(scratch.read("n.toml"), before);
}

TEST(NetworkCommand, refuses_names_chains_and_addresses_that_cannot_be) {
  const Scratch scratch;
  const auto make = [&](std::vector<std::string> more) {
    std::vector<std::string> all{"network", "new"};
    all.insert(all.end(), more.begin(), more.end());
    all.insert(all.end(), {"--out", scratch / "n.toml"});
    testing::internal::CaptureStderr();
    const int code = run(all);
    return std::pair(code, testing::internal::GetCapturedStderr());
  };
  EXPECT_EQ(make({"two words"}).first, exit_usage);
  EXPECT_EQ(make({std::string(41, 'a')}).first, exit_usage);
  EXPECT_EQ(make({"a", "--chain", "bitcoin"}).first, exit_usage);
  const auto [code, said] = make({"a", "--bootstrap", "/ip4/192.0.2.1/tcp/7513/lean"});
  EXPECT_EQ(code, exit_usage);
  EXPECT_NE(said.find("no address with an id"), std::string::npos) << said;
  EXPECT_FALSE(std::filesystem::exists(scratch / "n.toml"));
}

}  // namespace
}  // namespace kith::app
