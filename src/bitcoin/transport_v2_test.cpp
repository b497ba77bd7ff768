// What the encrypted transport does with a dialler that follows BIP 324 in its own way, and with one that does not.
#include <gtest/gtest.h>

#include "bitcoin/contents.hpp"
#include "bitcoin/pair_test.hpp"

namespace kith::bitcoin {
namespace {

using testing::aead;
using testing::answer;
using testing::heard;
using testing::mainnet;
using testing::opened;
using testing::Puppet;
using testing::regtest;

Buffer contents(std::string_view type, Bytes payload = {}) {
  Buffer out = to_buffer(contents_head(type).bytes());
  append(out, payload);
  return out;
}

TEST(TransportV2, is_recognised_by_the_first_byte_that_is_not_the_first_transports) {
  const auto prefix = v1_prefix(regtest);
  for (std::size_t at = 0; at < prefix.size(); ++at) {
    auto end = answer();
    end.receive(Bytes(prefix).first(at), 1);
    EXPECT_TRUE(end.pull().empty());
    EXPECT_EQ(end.transport.version(), Transport::Version::unknown);
    EXPECT_EQ(end.transport.held(), at);
    const Buffer other{static_cast<u8>(prefix[at] ^ 1)};
    end.receive(other);
    EXPECT_EQ(end.transport.version(), Transport::Version::v2);
    EXPECT_GE(end.pull().size(), crypto::EllswiftKey{}.size()) << at;
    EXPECT_EQ(end.transport.held(), at + 1);
  }
}

TEST(TransportV2, takes_the_most_garbage_and_not_one_byte_more) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{15}, max_garbage}) {
    auto [puppet, end] = heard(Buffer(size, 9));
    end.receive(puppet.handshake.second_flight(aead(), puppet.agreed->session, {}));
    end.receive(puppet.packet(contents("verack")));
    EXPECT_EQ(end.types(), (std::vector<std::string>{"verack"})) << size;
    EXPECT_EQ(end.transport.held(), 0U);
  }
  auto [puppet, end] = heard(Buffer(max_garbage + 1, 9));
  end.receive(puppet.handshake.second_flight(aead(), puppet.agreed->session, {}));
  EXPECT_EQ(end.closed(), Fault::handshake_failed);
}

TEST(TransportV2, waits_for_a_terminator_no_longer_than_it_can_come) {
  auto [puppet, end] = heard();
  end.receive(Buffer(max_garbage + 15));
  EXPECT_FALSE(end.closed());
  EXPECT_EQ(end.transport.held(), max_garbage + 15);
  end.receive(Buffer(1));
  EXPECT_EQ(end.texts(), (std::vector<std::string>{"closed handshake_failed: no terminator"}));
}

TEST(TransportV2, authenticates_garbage_by_the_first_packet_whichever_it_is) {
  for (const bool with_decoy : {false, true}) {
    for (const bool changed : {false, true}) {
      Buffer garbage(100, 9);
      auto puppet = Puppet::with_garbage(garbage);
      auto end = answer();
      auto first = puppet.handshake.first_flight();
      if (changed) first.back() ^= 1;
      end.receive(first);
      puppet.hear(end.pull());
      std::vector<std::size_t> decoys;
      if (with_decoy) decoys = {10, 20};
      end.receive(puppet.handshake.second_flight(aead(), puppet.agreed->session, decoys));
      EXPECT_EQ(end.closed(), changed ? std::optional(Fault::bad_record) : std::nullopt);
    }
  }
}

TEST(TransportV2, takes_garbage_for_associated_data_in_no_packet_but_the_first) {
  auto [puppet, end] = heard(Buffer(5, 9));
  end.receive(puppet.agreed->ours);
  end.receive(puppet.packet({}, Buffer(5, 9), true));
  end.receive(puppet.packet({}, Buffer(5, 9)));
  EXPECT_EQ(end.closed(), Fault::bad_record);
}

TEST(TransportV2, passes_over_decoys_before_and_behind_the_version) {
  auto [puppet, end] = heard();
  end.receive(puppet.agreed->ours);
  for (const std::size_t size : {0U, 1U, 1000U}) end.receive(puppet.packet(contents("inv", Buffer(size)), {}, true));
  end.receive(puppet.packet({}));
  for (const std::size_t size : {0U, 1U, 1000U}) end.receive(puppet.packet(contents("inv", Buffer(size)), {}, true));
  end.receive(puppet.packet(contents("verack")));
  EXPECT_EQ(end.texts(), (std::vector<std::string>{"verack:e3b0c442"}));
}

TEST(TransportV2, ignores_what_a_version_says) {
  auto [puppet, end] = heard();
  end.receive(puppet.agreed->ours);
  end.receive(puppet.packet(contents("ping", Buffer(8))));
  end.receive(puppet.packet(contents("verack")));
  EXPECT_EQ(end.texts(), (std::vector<std::string>{"verack:e3b0c442"}));
}

TEST(TransportV2, ends_for_a_packet_that_is_changed) {
  auto [puppet, end] = opened();
  auto packet = puppet.packet(contents("verack"));
  packet.back() ^= 1;
  end.receive(packet);
  end.receive(puppet.packet(contents("verack")));
  EXPECT_EQ(end.texts(), (std::vector<std::string>{"closed bad_record: packet tag"}));
  EXPECT_FALSE(end.transport.session_id());
}

TEST(TransportV2, drops_one_message_for_a_type_that_it_cannot_spell_and_goes_on) {
  auto [puppet, end] = opened();
  end.receive(puppet.packet(Buffer{29}));
  end.receive(puppet.packet({}));
  end.receive(puppet.packet(Buffer(5)));
  end.receive(puppet.packet(*from_hex("0070696e670000000000000001")));
  end.receive(puppet.packet(contents("verack")));
  EXPECT_EQ(end.texts(), (std::vector<std::string>{"erred unknown_type: short id", "erred unknown_type: no type",
                                                   "erred unknown_type: cut type", "erred unknown_type: malformed type",
                                                   "verack:e3b0c442"}));
}

TEST(TransportV2, takes_a_message_of_the_largest_size_and_ends_for_a_larger_one) {
  auto [puppet, end] = opened();
  end.receive(puppet.packet(contents("block", Buffer(max_payload))));
  end.receive(puppet.packet(contents("unheard", Buffer(max_payload))));
  EXPECT_EQ(end.types(), (std::vector<std::string>{"block", "unheard"}));
  end.receive(puppet.packet(contents("block", Buffer(max_payload + 1))));
  EXPECT_EQ(end.closed(), Fault::bad_record);
}

TEST(TransportV2, of_another_network_never_opens) {
  auto puppet = Puppet::with_garbage({}, mainnet);
  auto end = answer();
  end.receive(puppet.handshake.first_flight());
  puppet.hear(end.pull());
  end.receive(puppet.handshake.second_flight(aead(), puppet.agreed->session, {}));
  end.receive(Buffer(max_garbage + 16));
  EXPECT_EQ(end.closed(), Fault::handshake_failed);
}

// All that a dialler says, in one piece: with garbage, decoys, messages good and bad.
struct Script {
  Buffer first;
  Buffer second;
};
Script script() {
  auto [puppet, end] = heard(Buffer(60, 9));
  Script out{puppet.handshake.first_flight(), puppet.handshake.second_flight(aead(), puppet.agreed->session, {30})};
  append(out.second, puppet.packet(contents("version", Buffer(100))));
  append(out.second, puppet.packet(contents("inv", Buffer(40)), {}, true));
  append(out.second, puppet.packet(Buffer{200}));
  append(out.second, puppet.packet(contents("ping", Buffer(8))));
  return out;
}

TEST(TransportV2, gives_the_same_messages_at_any_cut_of_the_stream) {
  const auto said = script();
  Buffer stream = said.first;
  append(stream, said.second);
  for (std::size_t chunk = 1; chunk < 300; chunk += chunk < 100 ? 1 : 17) {
    auto end = answer();
    end.receive(stream, chunk);
    ASSERT_EQ(end.texts().size(), 3U) << chunk;
    EXPECT_EQ(end.texts()[1], "erred unknown_type: short id");
    EXPECT_EQ(end.types(), (std::vector<std::string>{"version", "ping"}));
    EXPECT_EQ(end.transport.held(), 0U);
  }
}

TEST(TransportV2, gives_nothing_for_a_packet_that_is_cut) {
  auto [puppet, end] = opened();
  const auto packet = puppet.packet(contents("ping", Buffer(50)));
  for (std::size_t at = 0; at + 1 < packet.size(); ++at) {
    end.receive(Bytes(packet).subspan(at, 1));
    EXPECT_TRUE(end.events.empty());
    EXPECT_EQ(end.transport.held(), at + 1);
  }
  end.receive(Bytes(packet).last(1));
  EXPECT_EQ(end.types(), (std::vector<std::string>{"ping"}));
}

TEST(TransportV2, keeps_its_session_through_many_renewals_of_the_keys) {
  auto [puppet, end] = opened();
  for (u32 i = 0; i < 3 * rekey_interval; ++i) end.receive(puppet.packet(contents("ping", Buffer(8))), 11);
  EXPECT_EQ(end.types().size(), 3 * rekey_interval);
  EXPECT_FALSE(end.closed());
}

}  // namespace
}  // namespace kith::bitcoin
