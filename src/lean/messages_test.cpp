// What every sub-protocol owes to hostile bytes: a message that is cut, or longer than it should be, is never taken.
#include <gtest/gtest.h>

#include "codec/address_xdr.hpp"
#include "lean/talk_test.hpp"

namespace kith::lean {
namespace {

using testing::Talk;

struct Example {
  const char* what;
  u16 name;
  Role role;
  u32 type;
  Buffer payload;
};

Address example_address() { return {Ip::v4(8, 8, 4, 4), 7513, "lean", testing::Node(0x33).id()}; }

template <typename Write>
Buffer payload(Write write) {
  Buffer out;
  codec::XdrWriter writer(out);
  write(writer);
  return out;
}

std::vector<Example> examples() {
  using codec::write_address;
  using codec::XdrWriter;
  const testing::Node author(0x44);
  Buffer offer = payload([](XdrWriter& out) { out.string("note"); });
  append(offer, encode_envelope(testing::example_envelope(author.identity)));
  return {
      {"ping", 0, Role::request, 1, payload([](XdrWriter& out) { write_address(out.u32(1), example_address()); })},
      {"pong", 0, Role::answer, 1, payload([](XdrWriter& out) { write_address(out.u32(1), example_address()); })},
      {"called back", 0, Role::letter, 2, payload([](XdrWriter& out) {
         write_address(out, example_address());
         out.boolean(true);
       })},
      {"addresses", 1, Role::answer, 1, payload([](XdrWriter& out) {
         write_address(out.u32(1), example_address());
         out.i64(1'700'000'000);
       })},
      {"offer", 2, Role::letter, 1, offer},
      {"announce", 2, Role::letter, 2, payload([](XdrWriter& out) { out.string("note").u32(1).fixed(ItemHash{1}); })},
      {"want", 2, Role::request, 3, payload([](XdrWriter& out) { out.string("note").fixed(ItemHash{1}); })},
      {"get headers", 3, Role::request, 1, payload([](XdrWriter& out) { out.u32(1).fixed(Hash{1}); })},
      {"headers", 3, Role::answer, 1, payload([](XdrWriter& out) { out.u32(1).opaque(Buffer(80, 1)); })},
      {"announced headers", 3, Role::letter, 2, payload([](XdrWriter& out) { out.u32(1).opaque(Buffer(80, 1)); })},
      {"get block", 4, Role::request, 1, Buffer(32, 1)},
  };
}

/// What the peer is blamed for after it said this.
std::optional<Fault> blamed_for(const Example& example, Buffer payload) {
  Talk talk;
  while (talk.host.take()) {
  }
  const Lane lane = example.role == Role::answer ? 2 : 1;
  talk.hear({lane, example.name, example.role, example.type, Body(std::move(payload))});
  while (auto order = talk.host.take()) {
    const auto* event = std::get_if<core::Event>(&*order);
    const auto* blamed = event ? std::get_if<core::PeerBlamed>(event) : nullptr;
    if (blamed) return blamed->error.fault;
  }
  return std::nullopt;
}

TEST(Messages, that_are_good_are_nobodys_debt) {
  for (const auto& example : examples()) EXPECT_EQ(blamed_for(example, example.payload), std::nullopt) << example.what;
}

TEST(Messages, that_are_cut_anywhere_are_the_peers_debt) {
  for (const auto& example : examples())
    for (std::size_t size = 0; size < example.payload.size(); ++size)
      EXPECT_EQ(blamed_for(example, to_buffer(Bytes(example.payload).first(size))), Fault::malformed)
          << example.what << " cut at " << size;
}

TEST(Messages, that_go_on_after_their_end_are_the_peers_debt) {
  for (const auto& example : examples()) {
    auto longer = example.payload;
    longer.push_back(0);
    EXPECT_EQ(blamed_for(example, longer), Fault::malformed) << example.what;
  }
}

TEST(Messages, with_more_entries_than_the_limit_are_the_peers_debt) {
  const auto count = [](u32 n) { return payload([n](codec::XdrWriter& out) { out.u32(n); }); };
  EXPECT_EQ(blamed_for({"addresses", 1, Role::answer, 1, {}}, count(1001)), Fault::oversize);
  EXPECT_EQ(blamed_for({"headers", 3, Role::answer, 1, {}}, count(2001)), Fault::oversize);
  EXPECT_EQ(blamed_for({"locator", 3, Role::request, 1, {}}, count(102)), Fault::oversize);
  const auto announce = payload([](codec::XdrWriter& out) { out.string("note").u32(1001); });
  EXPECT_EQ(blamed_for({"announce", 2, Role::letter, 2, {}}, announce), Fault::oversize);
}

TEST(Messages, of_a_type_that_is_not_known_cost_nothing) {
  for (u16 name = 0; name < 5; ++name) {
    const Example unknown{"unknown", name, Role::letter, 99, {}};
    EXPECT_EQ(blamed_for(unknown, {}), Fault::unknown_type) << name;
  }
  EXPECT_EQ(row(Fault::unknown_type).weight, 0);
  EXPECT_FALSE(row(Fault::unknown_type).closes);
}

TEST(Messages, unasked_addresses_are_not_learned) {
  Talk talk;
  talk.hear({2, 1, Role::answer, 1, Body(examples()[3].payload)});
  const auto asked = talk.said(1, Role::request);
  EXPECT_EQ(talk.host.neighbours().book().size(), asked && asked->lane == 2 ? 1U : 0U);
  Talk other;
  other.hear({10'002, 1, Role::answer, 1, Body(examples()[3].payload)});
  EXPECT_EQ(other.host.neighbours().book().size(), 0U);
}

}  // namespace
}  // namespace kith::lean
