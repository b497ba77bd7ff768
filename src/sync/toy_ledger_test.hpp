// A toy ledger for the tests of sync: blocks of a few bytes that say themselves whether they are good.
#pragma once

#include <map>

#include "base/reader.hpp"
#include "base/writer.hpp"
#include "crypto/hash.hpp"
#include "ledger/chain.hpp"
#include "ledger/judge.hpp"

namespace kith::sync::toy {

/// parent ‖ hash of the content ‖ salt ‖ work ‖ whether the block is bad.
inline constexpr std::size_t header_size = 32 + 32 + 8 + 1 + 1;

class Rules final : public ledger::Rules {
 public:
  Buffer genesis_header() const override { return Buffer(header_size); }
  Result<ledger::Parsed> parse(Bytes header) const override {
    Reader in(header);
    ledger::Parsed out;
    out.parent = in.array<32>();
    in.take(32 + 8);
    out.work.bytes[31] = in.byte();
    in.byte();
    if (const auto done = in.done("toy header"); !done) return std::unexpected(done.error());
    out.id = crypto::sha256(header);
    return out;
  }
  Result<> check(const ledger::Chain&, const BlockRef&, const ledger::Parsed& header, Utc) const override {
    if (header.work == Work{}) return fail(Fault::bad_header, "work");
    return {};
  }
  bool may_follow(const ledger::Parsed&, const ledger::Parsed&, u32) const override { return true; }
  Result<Bytes> header_of(Bytes block) const override {
    if (block.size() < header_size) return fail(Fault::malformed, "toy block");
    return block.first(header_size);
  }
};

inline Buffer header_of(const Body& block) { return to_buffer(block.bytes().first(header_size)); }
inline Hash id_of(const Body& block) { return crypto::sha256(block.bytes().first(header_size)); }
inline Hash genesis() { return crypto::sha256(Rules().genesis_header()); }

struct Recipe {
  u64 salt = 0;
  u8 work = 1;
  bool bad = false;
  std::size_t content = 100;
};

inline Body make(const Hash& parent, const Recipe& recipe) {
  const Buffer content(recipe.content, static_cast<u8>(recipe.salt));
  Buffer out;
  Writer(out).bytes(parent).bytes(crypto::sha256(content)).u64be(recipe.salt).byte(recipe.work).byte(recipe.bad);
  append(out, content);
  return Body(std::move(out));
}

/// `count` blocks in a row; their salts count on from the recipe's.
inline std::vector<Body> make_chain(Hash parent, std::size_t count, Recipe recipe = {}) {
  std::vector<Body> out;
  for (std::size_t i = 0; i < count; ++i, ++recipe.salt) {
    out.push_back(make(parent, recipe));
    parent = id_of(out.back());
  }
  return out;
}

inline std::vector<Buffer> headers_of(std::span<const Body> blocks) {
  std::vector<Buffer> out;
  for (const auto& block : blocks) out.push_back(header_of(block));
  return out;
}

/// The same block with its last byte flipped: its header, and so its id, are good.
inline Body spoilt(const Body& block) {
  Buffer bytes = to_buffer(block.bytes());
  bytes.back() ^= 1;
  return Body(std::move(bytes));
}

class Judge final : public ledger::Judge {
 public:
  std::vector<ledger::Ruling> judge(const ledger::BlockJob& job) override {
    const auto bytes = job.body.bytes();
    const auto verdict = [&] {
      if (!equal(crypto::sha256(bytes.subspan(header_size)), bytes.subspan(32, 32))) return Verdict::corrupt;
      if (bytes[header_size - 1] != 0) return Verdict::reject;
      const auto parent = take_array<32>(bytes);
      return parent == genesis() || blocks_.contains(parent) ? Verdict::accept : Verdict::later;
    }();
    if (verdict == Verdict::accept) blocks_.emplace(job.ref.id, job.body);
    return {{job.ref.id, verdict, Error{Fault::bad_block, "toy"}}};
  }
  std::optional<Body> block(const Hash& id) override {
    const auto at = blocks_.find(id);
    return at == blocks_.end() ? std::nullopt : std::optional(at->second);
  }
  Result<> flush() override { return {}; }

 private:
  std::map<Hash, Body> blocks_;
};

}  // namespace kith::sync::toy
