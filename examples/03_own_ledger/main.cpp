// Own ledger: a chain of 60 lines with rules of its own, which two nodes of one process sync and gossip.
#include <iostream>
#include <thread>

#include "app/node.hpp"
#include "base/reader.hpp"
#include "base/writer.hpp"
#include "codec/multiaddr.hpp"
#include "crypto/hash.hpp"

using namespace kith;

/// A header is parent ‖ SHA-256 of the text ‖ time (u64), a block the header and the text; each weighs the same.
constexpr std::size_t header_size = 32 + 32 + 8;

Buffer make_block(const Hash& parent, u64 time, std::string_view text) {
  Buffer out;
  Writer(out).bytes(parent).bytes(crypto::sha256(as_bytes(text))).u64be(time).bytes(as_bytes(text));
  return out;
}

class TextRules : public ledger::Rules {
 public:
  Buffer genesis_header() const override { return make_block({}, 1, {}); }
  Result<ledger::Parsed> parse(Bytes header) const override {
    if (header.size() != header_size) return fail(Fault::malformed, "header");
    ledger::Parsed out;
    out.id = crypto::sha256(header);
    out.parent = take_array<32>(header);
    out.work.bytes.back() = 1;
    out.time = static_cast<i64>(Reader(header.subspan(64)).u64be());
    return out;
  }
  Result<> check(const ledger::Chain& chain, const BlockRef& parent, const ledger::Parsed& header, Utc) const override {
    if (header.time < chain.parsed(parent.id)->time) return fail(Fault::bad_header, "time");
    return {};
  }
  bool may_follow(const ledger::Parsed&, const ledger::Parsed&, u32) const override { return true; }
  Result<Bytes> header_of(Bytes block) const override {
    if (block.size() < header_size) return fail(Fault::malformed, "block");
    return block.first(header_size);
  }
};

/// The text is not what the header promises: this copy is bad, but the block may be good.
Result<> check_text(const ledger::BlockJob& job) {
  const auto block = job.body.bytes();
  if (equal(crypto::sha256(block.subspan(header_size)), block.subspan(32, 32))) return {};
  return fail(Fault::corrupt_block, "text");
}

std::unique_ptr<app::Node> open(std::vector<Endpoint> bootstrap) {
  app::NodeConfig config;
  config.listen = {*codec::parse_address("/ip4/127.0.0.1/tcp/0/lean")};
  config.bootstrap = std::move(bootstrap);
  config.ledger = app::LedgerParts{
      .rules = std::make_unique<TextRules>(), .check = check_text, .genesis = Body(make_block({}, 1, {}))};
  return std::move(app::Node::open(std::move(config)).value());
}

int main() {
  const auto author = open({});
  const auto reader = open({{.dns = {}, .address = author->addresses().front()}});
  Hash parent = crypto::sha256(TextRules().genesis_header());
  const auto write = [&](u64 height) {
    const auto block = make_block(parent, height, "page " + std::to_string(height));
    parent = crypto::sha256(Bytes(block).first(header_size));
    if (!author->publish_block(Body(block))) std::abort();
  };
  for (u64 height = 1; height <= 100; ++height) write(height);
  reader->on_event([&](const core::Event& event) {
    const auto* tip = std::get_if<core::TipMoved>(&event);
    if (tip && tip->steps.back().block.height == 100) std::cout << "synced 100 blocks\n", write(101);
    if (tip && tip->steps.back().block.height == 101)
      std::cout << "heard of the next\n", author->stop(), reader->stop();
  });
  std::thread writes([&] { author->run(); });
  reader->run();
  writes.join();
}
