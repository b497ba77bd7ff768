// A whole node, as an embedder has it, that runs on a thread of its own, and whom tests may ask.
#pragma once

#include <future>
#include <thread>

#include "app/node.hpp"

namespace kith::testing {

class RunningNode {
 public:
  explicit RunningNode(std::unique_ptr<app::Node> node) : node_(std::move(node)), thread_([this] { node_->run(); }) {}
  ~RunningNode() { stop(); }
  RunningNode(const RunningNode&) = delete;
  RunningNode& operator=(const RunningNode&) = delete;

  app::Node* operator->() { return node_.get(); }
  Address address() const { return node_->addresses().front(); }
  void stop() {
    node_->stop();
    if (thread_.joinable()) thread_.join();
  }

  /// What `question` says of the host, asked on its own thread.
  template <typename Question>
  auto ask(Question question) {
    std::promise<decltype(question(std::declval<core::Host&>(), std::declval<core::Turn&>()))> answer;
    node_->shell().post(
        [&](core::World& world, const core::Turn& turn) { answer.set_value(world.command(turn, question)); });
    return answer.get_future().get();
  }

 private:
  std::unique_ptr<app::Node> node_;
  std::thread thread_;
};

}  // namespace kith::testing
