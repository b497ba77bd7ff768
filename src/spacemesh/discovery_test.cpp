// Nodes, and datagrams of discovery: those of the original, and those that it should not have taken.
#include "spacemesh/discovery.hpp"

#include "spacemesh/answer.hpp"
#include "spacemesh/datagram.hpp"
#include "spacemesh/node_url.hpp"
#include "spacemesh/vectors_test.hpp"

namespace kith::spacemesh {
namespace {

NodeInfo described(const Json& each) {
  NodeInfo out{take_array<32>(hex(each.at("id"))), std::nullopt, false, number<u16>(each.at("tcp")),
               number<u16>(each.at("udp"))};
  const auto ip = hex(each.at("ip_bytes"));
  if (ip.size() == 4) out.ip = Ip::v4(ip[0], ip[1], ip[2], ip[3]);
  if (ip.size() == 16) out.ip = Ip{take_array<16>(ip)};
  out.mapped = ip.size() == 16 && out.ip->is_v4();
  return out;
}

TEST(NodeInfo, is_that_of_the_original_in_bytes_and_text) {
  for (const auto& each : list(vectors("discovery").at("node_info"))) {
    const auto url = text(each.at("text"));
    SCOPED_TRACE(url);
    const auto info = described(each);
    EXPECT_EQ(to_hex(ip_bytes(info)), text(each.at("ip_bytes")));
    EXPECT_EQ(to_hex(encode(info)), text(each.at("xdr")));
    EXPECT_EQ(decode_pong(hex(each.at("xdr"))).value(), info);
    EXPECT_EQ(to_url(info), url);
    if (each.as_object().contains("parse_error")) {
      EXPECT_EQ(fault(parse_url(url)), Fault::bad_address);
    } else {
      // Text has one form for both.
      auto shorter = info;
      shorter.mapped = false;
      EXPECT_EQ(parse_url(url).value(), shorter);
    }
  }
}

TEST(NodeInfo, with_an_address_of_another_length_or_a_larger_port_is_refused) {
  const auto node = [](std::size_t ip, u32 tcp, u32 udp) {
    Buffer out;
    codec::XdrWriter(out).fixed(crypto::Key{}).opaque(Buffer(ip)).u32(tcp).u32(udp);
    return fault(decode_pong(out));
  };
  for (std::size_t size = 0; size <= 20; ++size)
    EXPECT_EQ(node(size, 1, 1), size == 0 || size == 4 || size == 16 ? Fault::count : Fault::malformed) << size;
  EXPECT_EQ(node(4, 65535, 65535), Fault::count);
  EXPECT_EQ(node(4, 65536, 1), Fault::malformed);
  EXPECT_EQ(node(4, 1, 65536), Fault::malformed);
}

TEST(Ping, tells_an_address_and_both_ports) {
  const auto own = own_info({1}, 7513, 7514);
  EXPECT_EQ(decode_ping(encode(own)).value(), own);
  const auto refused = [&](auto change) {
    auto info = own;
    change(info);
    EXPECT_EQ(fault(decode_pong(encode(info))), Fault::count);
    return fault(decode_ping(encode(info)));
  };
  EXPECT_EQ(refused([](NodeInfo& info) { info.ip.reset(); }), Fault::malformed);
  EXPECT_EQ(refused([](NodeInfo& info) { info.tcp_port = 0; }), Fault::malformed);
  EXPECT_EQ(refused([](NodeInfo& info) { info.udp_port = 0; }), Fault::malformed);
  EXPECT_EQ(fault(decode_ping({})), Fault::malformed);
}

/// What is told in the body of a datagram that a vector calls `name`, written anew.
std::optional<Buffer> body_of(const std::string& name, const Profile& profile, const Body& inner) {
  if (name.starts_with("ping")) return encode(decode_ping(inner.bytes()).value());
  if (name.starts_with("getAddresses")) return Buffer{};
  const auto answer = decode_answer(profile, inner).value();
  Answer again{{}, answer.error};
  if (name.starts_with("pong")) {
    again.data = Body(encode(decode_pong(answer.data.bytes()).value()));
  } else if (name.starts_with("addresses")) {
    const auto nodes = decode_addresses(answer.data.bytes()).value();
    EXPECT_EQ(nodes.size(), name.find("three") == std::string::npos ? 0u : 3u);
    again.data = Body(encode_addresses(nodes));
  } else {
    EXPECT_EQ(answer.error, error_bad_request);
  }
  return encode_answer(profile, again);
}

TEST(Datagram, is_that_of_the_original) {
  for (const auto& each : list(vectors("discovery").at("datagrams"))) {
    const auto name = text(each.at("name"));
    SCOPED_TRACE(name);
    const Profile profile = name.find("v0.1") == std::string::npos ? profile_b : profile_a;
    const auto read = decode_datagram(hex(each.at("datagram")));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->key, key_of(each.at("from")));
    const auto& message = read->message;
    const auto author = to_buffer(key_of(each.at("from")));
    EXPECT_EQ(message.metadata,
              (Metadata{text(each.at("protocol")), "go-spacemesh/0.0.2", number<i64>(each.at("timestamp_ns")), author,
                        number<u32>(each.at("network_id"))}));
    EXPECT_EQ(message.call,
              (Call{each.at("req").as_bool(), number<u32>(each.at("type")), number<u64>(each.at("req_id"))}));
    EXPECT_EQ(message.call->type, name.find("ddresses") == std::string::npos ? type_ping : type_get_addresses);
    EXPECT_EQ(message.metadata.protocol, discovery_protocol);
    EXPECT_EQ(to_hex(message.payload.bytes()), text(each.at("inner")));
    EXPECT_EQ(body_of(name, profile, message.payload), hex(each.at("inner")));
    EXPECT_EQ(to_hex(encode(message)), text(each.at("xdr")));
    EXPECT_EQ(to_hex(encode(*read, nonce(each.at("nonce")))), text(each.at("datagram")));
    EXPECT_TRUE(acceptable(message.metadata, 1, profile.least_version));
    EXPECT_EQ(fault(decode_datagram(hex(each.at("datagram_intended_key")))), Fault::bad_record);
  }
}

TEST(Datagram, of_another_network_or_too_old_does_not_count_and_its_time_does_not_matter) {
  const Metadata metadata{std::string(discovery_protocol), "go-spacemesh/0.0.2", 0, {}, 1};
  EXPECT_TRUE(acceptable(metadata, 1, profile_b.least_version));
  EXPECT_EQ(fault(acceptable(metadata, 2, profile_b.least_version)), Fault::wrong_network);
  EXPECT_EQ(fault(acceptable({"", "0.0.1", 0, {}, 1}, 1, profile_b.least_version)), Fault::wrong_network);
}

TEST(Datagram, that_is_cut_too_large_or_without_content_is_refused) {
  const Datagram datagram{{1}, {{"x", "0.0.2", 0, {}, 1}, Call{true, 1, 1}, {}}};
  const auto bytes = encode(datagram, {2});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(fault(decode_datagram(Bytes(bytes).first(size))), Fault::bad_record) << size;
  EXPECT_EQ(fault(decode_datagram(Buffer(max_datagram))), Fault::bad_record);
  EXPECT_EQ(fault(decode_datagram(Buffer(max_datagram + 1))), Fault::oversize);
  Buffer null(32);
  append(null, seal({}, Buffer(8)));
  EXPECT_EQ(fault(decode_datagram(null)), Fault::malformed) << "the one datagram of which the original dies";
}

TEST(Addresses, are_three_hundred_at_most_or_none_is_taken) {
  const NodeInfo v6{{1}, parse_ip("2001:db8::1"), false, 7513, 7513};
  const std::vector<NodeInfo> most(max_addresses, v6);
  const auto data = encode_addresses(most);
  EXPECT_EQ(decode_addresses(data).value(), most);

  // Which is the largest answer, and fits a datagram.
  const Metadata metadata{std::string(discovery_protocol), std::string(profile_b.client_version), 1, Buffer(32), 1};
  const Datagram datagram{{}, {metadata, Call{false, 1, 1}, Body(*encode_answer(profile_b, {Body(data), {}}))}};
  const auto expected = number<std::size_t>(vectors("discovery").at("datagram_bytes_for_300_ipv6_addresses"));
  EXPECT_EQ(encode(datagram, {}).size(), expected);
  EXPECT_LE(expected, max_datagram);

  Buffer more;
  codec::XdrWriter write(more);
  write.u32(max_addresses + 1);
  append(more, Bytes(data).subspan(4));
  append(more, Bytes(data).subspan(4, 64));
  EXPECT_EQ(fault(decode_addresses(more)), Fault::oversize);
}

TEST(Addresses, that_are_cut_promised_or_null_are_refused) {
  const NodeInfo v4{{1}, Ip::v4(1, 2, 3, 4), false, 7513, 7513};
  const auto data = encode_addresses(std::vector{v4, v4});
  for (std::size_t size = 0; size < data.size(); ++size)
    EXPECT_EQ(fault(decode_addresses(Bytes(data).first(size))), Fault::malformed) << size;
  EXPECT_EQ(fault(decode_addresses(from_hex("ffffffff").value())), Fault::oversize);
  auto null = data;
  null[7] = 0;
  EXPECT_EQ(fault(decode_addresses(null)), Fault::malformed);
}

}  // namespace
}  // namespace kith::spacemesh
