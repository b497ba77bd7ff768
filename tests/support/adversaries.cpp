// Each adversary is a true protocol or judge with one hand in it.
#include "support/adversaries.hpp"

#include "sim/through.hpp"

namespace kith::testing {
namespace {

constexpr std::string_view blocks_name = "blocks/1";

class LyingJudge : public ledger::Judge {
 public:
  explicit LyingJudge(std::unique_ptr<ledger::Judge> inner) : inner_(std::move(inner)) {}

  std::vector<ledger::Ruling> judge(const ledger::BlockJob& job) override { return inner_->judge(job); }
  Result<> flush() override { return inner_->flush(); }
  std::optional<Body> block(const Hash& id) override {
    const auto body = inner_->block(id);
    if (!body) return std::nullopt;
    Buffer bytes = to_buffer(body->bytes());
    // Behind the header, so that the block still has the id that was asked for.
    bytes[bytes.size() / 2 + 40] ^= 1;
    return Body(std::move(bytes));
  }

 private:
  std::unique_ptr<ledger::Judge> inner_;
};

class Staller : public sim::Through {
 public:
  using sim::Through::Through;

  void mounted(u16 first) override {
    const auto all = names();
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i].text == blocks_name) blocks_ = static_cast<u16>(first + i);
    Through::mounted(first);
  }
  void on_message(core::ProtocolTurn& turn, const core::PeerInfo& peer, const Message& message) override {
    if (message.name != blocks_ || message.role != Role::request) Through::on_message(turn, peer, message);
  }

 private:
  std::optional<u16> blocks_;
};

}  // namespace

sim::NodeSpec liar(sim::NodeSpec spec) {
  spec.judge = [](std::unique_ptr<ledger::Judge> inner) { return std::make_unique<LyingJudge>(std::move(inner)); };
  return spec;
}

sim::NodeSpec staller(sim::NodeSpec spec) {
  spec.protocols = [](sim::Protocols protocols) {
    for (auto& protocol : protocols) protocol = std::make_unique<Staller>(std::move(protocol));
    return protocols;
  };
  return spec;
}

}  // namespace kith::testing
