// CountingPort: a port whose wires are those of another one, with the bytes that they send counted.
#pragma once

#include <atomic>

#include "core/port.hpp"

namespace kith::bench {

class CountingWire : public core::Wire {
 public:
  CountingWire(std::unique_ptr<core::Wire> wire, std::atomic<u64>& sent) : wire_(std::move(wire)), sent_(sent) {}

  void receive(core::Turn& turn, Bytes bytes) override { wire_->receive(turn, bytes); }
  void ended(core::Turn& turn) override { wire_->ended(turn); }
  void say(core::Turn& turn, const Message& message) override { wire_->say(turn, message); }
  void reset(core::Turn& turn, Lane lane) override { wire_->reset(turn, lane); }
  void close(core::Turn& turn, Fault why) override { wire_->close(turn, why); }
  void pull(core::Turn& turn, Buffer& out, std::size_t room) override {
    const auto before = out.size();
    wire_->pull(turn, out, room);
    sent_.fetch_add(out.size() - before, std::memory_order_relaxed);
  }
  bool has_output() const override { return wire_->has_output(); }
  void on_tick(core::Turn& turn) override { wire_->on_tick(turn); }
  std::size_t held() const override { return wire_->held(); }
  Time deadline() const override { return wire_->deadline(); }
  std::optional<core::Report> take() override { return wire_->take(); }

 private:
  std::unique_ptr<core::Wire> wire_;
  std::atomic<u64>& sent_;
};

class CountingPort : public core::Port {
 public:
  /// `sent` outlives the port's wires.
  CountingPort(std::unique_ptr<core::Port> port, std::atomic<u64>& sent) : port_(std::move(port)), sent_(sent) {}

  std::string_view word() const override { return port_->word(); }
  std::unique_ptr<core::Wire> dial(core::Turn& turn, const Address& to, const core::Offer& ours, bool probe) override {
    return std::make_unique<CountingWire>(port_->dial(turn, to, ours, probe), sent_);
  }
  std::unique_ptr<core::Wire> accept(core::Turn& turn, const Address& from, const core::Offer& ours) override {
    return std::make_unique<CountingWire>(port_->accept(turn, from, ours), sent_);
  }
  void refuse(const PeerId& id, bool refused) override { port_->refuse(id, refused); }

 private:
  std::unique_ptr<core::Port> port_;
  std::atomic<u64>& sent_;
};

}  // namespace kith::bench
