// Files of the original by Boost.JSON, written in the very bytes of Go's encoding/json.
#include "app/spacemesh_files.hpp"

#include <set>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "spacemesh/keys.hpp"
#include "spacemesh/node_url.hpp"

namespace kith::app {
namespace {

using boost::json::value;

/// Null if there is no such member.
const value* member(const value& object, std::string_view name) {
  return object.is_object() ? object.get_object().if_contains(name) : nullptr;
}

std::string_view text_of(const value* text) {
  return text && text->is_string() ? std::string_view(text->get_string()) : std::string_view{};
}

std::optional<i64> number_of(const value* number) {
  return number && number->is_int64() ? std::optional(number->get_int64()) : std::nullopt;
}

std::optional<value> parse(std::string_view text) {
  boost::system::error_code error;
  auto out = boost::json::parse(text, error);
  return error ? std::nullopt : std::optional(std::move(out));
}

value secret_json(const Hash& secret) {
  boost::json::array out;
  for (const u8 byte : secret) out.push_back(byte);
  return out;
}

bool read_secret(const value* json, Hash& out) {
  if (!json || !json->is_array() || json->get_array().size() != out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto byte = number_of(&json->get_array()[i]);
    if (!byte || *byte < 0 || *byte > 255) return false;
    out[i] = static_cast<u8>(*byte);
  }
  return true;
}

value peer_json(const SpacemeshPeer& peer) {
  return {{"Addr", spacemesh::to_url(peer.node)},
          {"Src", spacemesh::to_url(peer.source)},
          {"Attempts", peer.attempts},
          {"LastSeen", peer.last_seen},
          {"LastAttempt", peer.last_attempt},
          {"LastSuccess", peer.last_success}};
}

bool read_node(const value* json, spacemesh::NodeInfo& out) {
  const auto node = spacemesh::parse_url(text_of(json));
  if (node) out = *node;
  return node.has_value();
}

bool read_number(const value* json, i64& out) {
  const auto number = number_of(json);
  if (number) out = *number;
  return number.has_value();
}

bool read_peer(const value& json, SpacemeshPeer& out) {
  return read_node(member(json, "Addr"), out.node) && read_node(member(json, "Src"), out.source) &&
         read_number(member(json, "Attempts"), out.attempts) && read_number(member(json, "LastSeen"), out.last_seen) &&
         read_number(member(json, "LastAttempt"), out.last_attempt) &&
         read_number(member(json, "LastSuccess"), out.last_success);
}

value table_json(const SpacemeshBuckets& table) {
  boost::json::array out;
  for (const auto& bucket : table) {
    boost::json::array nodes;
    for (const auto& node : bucket) nodes.emplace_back(spacemesh::to_url(node));
    out.push_back(std::move(nodes));
  }
  return out;
}

/// False also if a bucket has a node whose key is not among `known`.
bool read_table(const value* json, const std::set<crypto::Key>& known, SpacemeshBuckets& out) {
  if (!json || !json->is_array() || json->get_array().size() != out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto& bucket = json->get_array()[i];
    if (!bucket.is_array()) return false;
    for (const auto& each : bucket.get_array())
      if (!read_node(&each, out[i].emplace_back()) || !known.contains(out[i].back().key)) return false;
  }
  return true;
}

}  // namespace

std::string to_id_json(const crypto::KeyPair& identity) {
  return "{\n  \"pubKey\": \"" + spacemesh::key_text(identity.public_key) + "\",\n  \"priKey\": \"" +
         spacemesh::key_text(identity.secret) + "\"\n}";
}

Result<crypto::KeyPair> read_id_json(std::string_view text) {
  const auto json = text.size() <= max_spacemesh_id_file ? parse(text) : std::nullopt;
  if (!json) return fail(Fault::bad_config, "id.json");
  const auto public_key = spacemesh::parse_key(text_of(member(*json, "pubKey")));
  if (!public_key) return fail(Fault::bad_config, "pubKey");
  const auto secret = spacemesh::parse_key(text_of(member(*json, "priKey")));
  if (!secret) return fail(Fault::bad_config, "priKey");
  auto out = crypto::exchange_pair(*secret);
  if (out.public_key != *public_key) return fail(Fault::bad_config, "pubKey is not that of priKey");
  return out;
}

std::string to_peers_json(const SpacemeshBook& book) {
  boost::json::array peers;
  for (const auto& peer : book.peers) peers.push_back(peer_json(peer));
  const boost::json::object out{{"Key", secret_json(book.secret)},
                                {"Addresses", std::move(peers)},
                                {"NewBuckets", table_json(book.new_table)},
                                {"TriedBuckets", table_json(book.tried_table)}};
  return boost::json::serialize(out) + "\n";
}

Result<SpacemeshBook> read_peers_json(std::string_view text) {
  if (text.size() > max_spacemesh_peers_file) return fail(Fault::storage, "size");
  const auto json = parse(text);
  if (!json) return fail(Fault::malformed, "peers.json");
  SpacemeshBook out;
  if (!read_secret(member(*json, "Key"), out.secret)) return fail(Fault::malformed, "Key");
  const auto* peers = member(*json, "Addresses");
  if (!peers || !peers->is_array()) return fail(Fault::malformed, "Addresses");
  std::set<crypto::Key> known;
  for (const auto& each : peers->get_array()) {
    if (!read_peer(each, out.peers.emplace_back())) return fail(Fault::malformed, "Addresses");
    known.insert(out.peers.back().node.key);
  }
  if (!read_table(member(*json, "NewBuckets"), known, out.new_table)) return fail(Fault::malformed, "NewBuckets");
  if (!read_table(member(*json, "TriedBuckets"), known, out.tried_table)) return fail(Fault::malformed, "TriedBuckets");
  return out;
}

}  // namespace kith::app
