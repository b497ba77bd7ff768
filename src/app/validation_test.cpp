// Which ledger a node gets by its settings, and what it makes of a directory that another kind of ledger left.
#include "app/validation.hpp"

#include <gtest/gtest.h>

#include "app/scratch_test.hpp"
#include "base/writer.hpp"
#include "ledger/branch_for_test.hpp"

namespace kith::app {
namespace {

Settings with(Validation validation) {
  Settings out;
  out.chain = ChainName::regtest;
  out.validation = validation;
  return out;
}

std::expected<std::unique_ptr<Node>, NotOpened> open(const std::filesystem::path& directory, Validation validation) {
  NodeConfig config;
  config.directory = directory;
  auto ledger = ledger_of(with(validation));
  EXPECT_TRUE(ledger);
  config.ledger = std::move(*ledger);
  return Node::open(std::move(config));
}

TEST(Validation, headers_are_checked_alone_where_that_is_wanted) {
  const Scratch scratch;
  const auto node = open(scratch.path(), Validation::headers);
  ASSERT_TRUE(node);
  EXPECT_STREQ(validation_of(**node), "headers");
  EXPECT_FALSE(std::filesystem::exists(scratch / kernel_folder));
  EXPECT_STREQ(validation_of(**Node::open({})), "none");
}

#ifdef KITH_KERNEL
TEST(Validation, full_validation_takes_the_blocks_of_a_node_without_it_and_is_the_default) {
  const Scratch scratch;
  Buffer file;
  for (const auto& block :
       ledger::branch(ledger::Chain(*(*ledger_of(with(Validation::headers)))->rules, {}).genesis(), 3))
    Writer(file).u32le(ledger::bitcoin::regtest().magic).u32le(static_cast<u32>(block.size())).bytes(block);
  scratch.write(blocks_file, std::string(as_text(file)));
  const auto node = open(scratch.path(), Validation::automatic);
  ASSERT_TRUE(node) << node.error().why;
  EXPECT_STREQ(validation_of(**node), "full");
  ASSERT_FALSE((*node)->notes().empty());
  EXPECT_EQ((*node)->notes()[0], "took 3 blocks that were not in the index");
  EXPECT_EQ(scratch.read(blocks_file), "");
}

TEST(Validation, full_validation_needs_a_directory) {
  const auto node = open({}, Validation::full);
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().why, "full validation needs a data directory");
}
#else
TEST(Validation, full_is_refused_and_the_default_is_headers_where_this_build_has_no_kernel) {
  const auto refused = ledger_of(with(Validation::full));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("-DKITH_KERNEL=ON"), std::string::npos);
  const Scratch scratch;
  EXPECT_STREQ(validation_of(**open(scratch.path(), Validation::automatic)), "headers");
}
#endif

}  // namespace
}  // namespace kith::app
