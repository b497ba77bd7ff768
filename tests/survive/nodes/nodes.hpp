// What the tests of several nodes in trouble share: each wire in turn, nodes of it on loopback, and what befalls them.
#pragma once

#include <gtest/gtest.h>

#include "crypto/hash.hpp"
#include "shell/node_for_test.hpp"
#include "sockets/running_node.hpp"

namespace kith::testing {

/// The parameter is the word of the wire.
class Nodes : public ::testing::TestWithParam<std::string> {
 public:
  /// Listens on loopback, and dials nobody by itself.
  static app::NodeConfig config() {
    app::NodeConfig out;
    out.network = "trouble";
    out.wires = {GetParam()};
    out.listen = {Address{Ip::v4(127, 0, 0, 1), 0, GetParam(), std::nullopt}};
    out.outbound = 0;
    out.look_every = std::chrono::milliseconds(50);
    return out;
  }
  static bool is_lean() { return GetParam() == lean::wire_word; }
  /// Good whatever it says, and told from others by its hash.
  static core::Kind kind(std::string name, Priority priority) {
    core::Kind out{std::move(name), 64 * 1024, priority,
                   [](Bytes body, Utc) -> Result<core::Examined> {
                     return core::Examined{take_array<20>(crypto::sha256(body)), std::nullopt};
                   },
                   [](Bytes) { return Verdict::accept; }};
    out.proves_itself = true;
    return out;
  }
  static std::unique_ptr<app::Node> open(app::NodeConfig config) {
    auto node = app::Node::open(std::move(config));
    if (!node) throw std::runtime_error(node.error().why);
    return std::move(*node);
  }
  static Endpoint endpoint(const Address& address) { return {{}, 0, address}; }

  shell::Watch watch;
};

#define KITH_ON_BOTH_WIRES(Suite)                                               \
  INSTANTIATE_TEST_SUITE_P(Over, Suite, ::testing::Values("lean", "spacemesh"), \
                           [](const auto& each) { return std::string(each.param); })

}  // namespace kith::testing
