// Multiaddrs against published forms, and every way in which one part can be wrong.
#include "codec/multiaddr.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/base58.hpp"

namespace kith::codec {
namespace {

Buffer hex(std::string_view text) { return from_hex(text).value(); }

/// The Ed25519 key and id of libp2p/specs, tls/tls.md, "Test vectors".
const PeerId spec_id{take_array<32>(hex("a77f1d92fedb59dddaea5a1c4abd1ac2fbde7d7b879ed364501809923d7c11b9"))};
constexpr std::string_view spec_id_text = "12D3KooWM6CgA9iBFZmcYAHA6A2qvbAxqfkmrYiRQuz3XEsk4Ksv";

std::string with_id(std::string_view text) { return std::string(text) + "/p2p/" + std::string(spec_id_text); }

TEST(PeerIdText, is_that_of_libp2p) {
  EXPECT_EQ(to_text(spec_id), spec_id_text);
  EXPECT_EQ(parse_peer_id(spec_id_text), spec_id);
}

TEST(PeerIdText, ids_of_other_keys_and_damaged_ones_are_refused) {
  EXPECT_FALSE(parse_peer_id("QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC")) << "SHA-256 of an RSA key";
  EXPECT_FALSE(parse_peer_id(""));
  EXPECT_FALSE(parse_peer_id(spec_id_text.substr(1)));
  EXPECT_FALSE(parse_peer_id(std::string(spec_id_text) + "1"));
  for (const char* head : {"002408021220", "012408011220", "002508011220", "002408011221"}) {
    Buffer bytes = hex(head);
    append(bytes, spec_id.key);
    EXPECT_FALSE(parse_peer_id(to_base58(bytes))) << head;
  }
}

struct Form {
  std::string text;
  std::string binary;
};

TEST(Multiaddr, has_the_published_forms) {
  // The heads are those of go-multiaddr's and rust-multiaddr's tests.
  const std::string id = "a50326002408011220a77f1d92fedb59dddaea5a1c4abd1ac2fbde7d7b879ed364501809923d7c11b9";
  const std::string name = "0b6578616d706c652e636f6d";
  for (const auto& [text, binary] :
       {Form{"/ip4/127.0.0.1/tcp/1234", "047f0000010604d2"},
        Form{"/ip6/2001:8a0:7ac5:4201:3ac9:86ff:fe31:7095/tcp/8000", "29200108a07ac542013ac986fffe317095061f40"},
        Form{"/dns/example.com/tcp/80", "35" + name + "060050"},
        Form{"/dns4/example.com/tcp/80", "36" + name + "060050"},
        Form{"/dns6/example.com/tcp/80", "37" + name + "060050"},
        Form{with_id("/ip4/127.0.0.1/tcp/1234"), "047f0000010604d2" + id},
        Form{"/ip4/1.2.3.4/tcp/8333/bitcoin", "040102030406208d8080c00107626974636f696e"},
        Form{with_id("/ip4/1.2.3.4/tcp/7513/lean"), "0401020304061d598080c001046c65616e" + id}}) {
    const auto parsed = parse_endpoint(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().what;
    EXPECT_EQ(to_text(*parsed), text);
    EXPECT_EQ(to_hex(encode_multiaddr(*parsed)), binary);
    const auto decoded = decode_multiaddr(hex(binary));
    ASSERT_TRUE(decoded) << text << ": " << decoded.error().what;
    EXPECT_EQ(*decoded, *parsed) << text;
  }
}

TEST(Multiaddr, the_parts_land_in_their_fields) {
  const auto ip = parse_endpoint(with_id("/ip4/1.2.3.4/tcp/7513/lean"));
  EXPECT_EQ(ip.value(), (Endpoint{"", 0, {Ip::v4(1, 2, 3, 4), 7513, "lean", spec_id}}));
  const auto dns = parse_endpoint("/dns6/Seed-1.example.com/tcp/0/lean");
  EXPECT_EQ(dns.value(), (Endpoint{"Seed-1.example.com", 6, {{}, 0, "lean", std::nullopt}}));
}

TEST(Multiaddr, an_error_names_the_part_at_fault) {
  struct Bad {
    std::string text;
    std::string_view what;
  };
  for (const auto& [text, what] : {Bad{"", "host"},
                                   Bad{"ip4/1.2.3.4/tcp/1", "host"},
                                   Bad{"/ip4/1.2.3/tcp/1", "host"},
                                   Bad{"/ip4/::1/tcp/1", "host"},
                                   Bad{"/ip6/1.2.3.4/tcp/1", "host"},
                                   Bad{"/ip6/::ffff:1.2.3.4/tcp/1", "host"},
                                   Bad{"/ip4/::ffff:1.2.3.4/tcp/1", "host"},
                                   Bad{"/unix/a/tcp/1", "host"},
                                   Bad{"/dns//tcp/1", "host"},
                                   Bad{"/dns/a_b/tcp/1", "host"},
                                   Bad{"/dns/" + std::string(254, 'a') + "/tcp/1", "host"},
                                   Bad{"/ip4/1.2.3.4", "transport"},
                                   Bad{"/ip4/1.2.3.4/udp/1", "transport"},
                                   Bad{"/ip4/1.2.3.4/tcp", "port"},
                                   Bad{"/ip4/1.2.3.4/tcp/", "port"},
                                   Bad{"/ip4/1.2.3.4/tcp/65536", "port"},
                                   Bad{"/ip4/1.2.3.4/tcp/01", "port"},
                                   Bad{"/ip4/1.2.3.4/tcp/-1", "port"},
                                   Bad{"/ip4/1.2.3.4/tcp/1/", "wire"},
                                   Bad{"/ip4/1.2.3.4/tcp/1/ws", "wire"},
                                   Bad{"/ip4/1.2.3.4/tcp/1/Lean", "wire"},
                                   Bad{"/ip4/1.2.3.4/tcp/1/seventeen-letters", "wire"},
                                   Bad{"/ip4/1.2.3.4/tcp/1/lean/p2p", "peer id"},
                                   Bad{"/ip4/1.2.3.4/tcp/1/p2p/12D3", "peer id"},
                                   Bad{"/ip4/1.2.3.4/tcp/1/lean/bitcoin", "a part after the last"},
                                   Bad{with_id("/ip4/1.2.3.4/tcp/1") + "/", "a part after the last"},
                                   Bad{with_id("/ip4/1.2.3.4/tcp/1") + "/p2p-circuit", "a part after the last"},
                                   Bad{"/dns/" + std::string(253, 'a') + "/tcp/1", "length"},
                                   Bad{std::string(600, '/'), "length"}}) {
    const auto parsed = parse_endpoint(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().fault, Fault::bad_address) << text;
    EXPECT_EQ(parsed.error().what, what) << text;
  }
}

TEST(Multiaddr, an_address_is_an_endpoint_without_a_name) {
  const auto address = parse_address("/ip6/2a00::1/tcp/8333/bitcoin");
  EXPECT_EQ(address.value(), (Address{*parse_ip("2a00::1"), 8333, "bitcoin", std::nullopt}));
  EXPECT_EQ(to_text(*address), "/ip6/2a00::1/tcp/8333/bitcoin");
  EXPECT_EQ(parse_address("/dns/example.com/tcp/8333/bitcoin").error().fault, Fault::bad_address);
  EXPECT_FALSE(parse_address("/ip4/1.2.3.4"));
}

TEST(Multiaddr, binary_that_is_not_the_one_spelling_is_refused) {
  const std::string good = "0401020304061d59";
  ASSERT_TRUE(decode_multiaddr(hex(good)));
  const std::string wire = good + "8080c001", id = good + "a503";
  const Form bad[] = {
      {"nothing", ""},
      {"half an address", "04010203"},
      {"half a port", "04010203040600"},
      {"a code that takes more bytes than it needs", "840001020304061d59"},
      {"a mapped address as ip6", "2900000000000000000000ffff01020304061d59"},
      {"a host that is none", "11010204010203"},
      {"an empty name", "3500060050"},
      {"a name with a slash", "3503612f62060050"},
      {"a name of 254 bytes", "35fe01" + to_hex(Buffer(254, 'a'))},
      {"udp", "0401020304910204d2"},
      {"a zero behind", good + "00"},
      {"a second port", good + "061d59"},
      {"an unknown code behind", good + "910204d2"},
      {"an empty wire", wire + "00"},
      {"a wire with a slash", wire + "026c2f"},
      {"a wire called tcp", wire + "03746370"},
      {"a wire longer than a word", wire + "11" + to_hex(Buffer(17, 'a'))},
      {"a wire with a length of 63 bits", wire + "ffffffffffffffff7f6c65"},
      {"two wires", wire + "01618080c0010162"},
      {"the id of an RSA key", id + "221220d52ebb89d85b02a284948203a62ff28389c57c9f42beec4ec20db76a68911c0b"},
      {"half an id", id + "260024080112"},
  };
  for (const auto& [why, binary] : bad) {
    const auto decoded = decode_multiaddr(hex(binary));
    ASSERT_FALSE(decoded) << why;
    EXPECT_EQ(decoded.error().fault, Fault::bad_address) << why;
  }
  EXPECT_STREQ(decode_multiaddr(hex("04010203040600")).error().what, "port");
}

TEST(Multiaddr, the_bound_on_the_whole_holds_both_ways) {
  // A code, a length of two bytes and the name; a code and a port.
  const std::string fits(250, 'a'), too_long(251, 'a');
  EXPECT_EQ(encode_multiaddr(parse_endpoint("/dns/" + fits + "/tcp/1").value()).size(), max_multiaddr);
  EXPECT_FALSE(parse_endpoint("/dns/" + too_long + "/tcp/1"));
  Endpoint endpoint;
  endpoint.dns = fits;
  EXPECT_TRUE(decode_multiaddr(encode_multiaddr(endpoint)));
  endpoint.dns = too_long;
  const auto decoded = decode_multiaddr(encode_multiaddr(endpoint));
  ASSERT_FALSE(decoded);
  EXPECT_STREQ(decoded.error().what, "length");
}

std::string any_word(std::string_view letters, int most) {
  std::string out;
  const int size = *rc::gen::inRange(1, most + 1);
  while (out.size() < static_cast<std::size_t>(size)) out += letters[*rc::gen::inRange<std::size_t>(0, letters.size())];
  return out;
}

Endpoint any_endpoint() {
  Endpoint out;
  if (*rc::gen::arbitrary<bool>()) {
    out.dns = any_word("abcXYZ019.-", 60);
    out.family = *rc::gen::element(0, 4, 6);
  } else if (*rc::gen::arbitrary<bool>()) {
    out.address.ip.bytes = *rc::gen::arbitrary<std::array<u8, 16>>();
  } else {
    out.address.ip = Ip::v4(*rc::gen::arbitrary<u8>(), 2, 3, *rc::gen::arbitrary<u8>());
  }
  out.address.port = *rc::gen::arbitrary<u16>();
  if (*rc::gen::arbitrary<bool>()) out.address.wire = any_word("abcz019-", max_wire_word);
  if (*rc::gen::arbitrary<bool>()) out.address.id = PeerId{*rc::gen::arbitrary<std::array<u8, 32>>()};
  return out;
}

RC_GTEST_PROP(Multiaddr, every_endpoint_reads_back_from_both_forms, ()) {
  const Endpoint endpoint = any_endpoint();
  const auto text = parse_endpoint(to_text(endpoint));
  RC_ASSERT(text.has_value());
  RC_ASSERT(*text == endpoint);
  const auto binary = decode_multiaddr(encode_multiaddr(endpoint));
  RC_ASSERT(binary.has_value());
  RC_ASSERT(*binary == endpoint);
}

RC_GTEST_PROP(Multiaddr, a_prefix_is_refused_or_is_itself_the_one_spelling_of_less, ()) {
  const Buffer bytes = encode_multiaddr(any_endpoint());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Bytes prefix = Bytes(bytes).first(size);
    const auto less = decode_multiaddr(prefix);
    if (less) RC_ASSERT(encode_multiaddr(*less) == to_buffer(prefix));
  }
}

}  // namespace
}  // namespace kith::codec
