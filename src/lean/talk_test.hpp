// A host with all lean sub-protocols and one peer whose part the test plays, message by message.
#pragma once

#include "core/host.hpp"
#include "lean/envelope.hpp"
#include "lean/mount.hpp"
#include "lean/pair_test.hpp"
#include "lean/sealed.hpp"

namespace kith::lean::testing {

/// A host with one peer of which it can be told anything, and whose words are kept.
struct Talk {
  Node a{0x11}, b{0x22};
  Rng rng = Rng::seeded(1);
  core::Host host;
  Peer peer;

  static core::HostConfig config(const Node& a) {
    core::HostConfig out;
    out.self = a.offer.hello;
    out.neighbours[0].word = "lean";
    return out;
  }
  static std::vector<core::Kind> kinds(const Node& node) {
    std::vector<core::Kind> out;
    out.push_back(
        authored("note", 4096, Priority::item, test_network, [](const Envelope&) { return Verdict::accept; }));
    out.push_back(sealed_kind(node.identity, test_network));
    return out;
  }
  Talk() : host(config(a), nullptr, kinds(a), protocols({}, true, MailParts{&a.identity, test_network}), {}, rng) {
    core::Turn turn{Time{}, test_utc, rng};
    host.start(turn);
    peer = *host.knocked(turn, {Ip::v4(192, 0, 2, 1), 40'000, "lean", std::nullopt});
    auto hello = b.offer.hello;
    hello.port = 0;
    hello.names = {0, 1, 2, 3, 4, 5, 6};
    host.report(turn, peer, core::Opened{hello});
    host.tick(turn);
  }
  /// What the host says next of protocol `name` in `role`.
  std::optional<Message> said(u16 name, Role role) {
    while (auto order = host.take())
      if (const auto* say = std::get_if<core::Say>(&*order))
        if (say->message.name == name && say->message.role == role) return say->message;
    return std::nullopt;
  }
  void hear(Message message) {
    core::Turn turn{Time{} + 1s, test_utc, rng};
    host.report(turn, peer, core::Arrived{std::move(message)});
    host.tick(turn);
  }
};

inline Envelope example_envelope(const crypto::Identity& author) {
  Envelope note{.author = {},
                .version = version(0, 1, 0),
                .time = test_utc,
                .protocol = "note",
                .type = 1,
                .payload = to_buffer(as_bytes("hello")),
                .signature = {}};
  sign_envelope(note, author, test_network);
  return note;
}

}  // namespace kith::lean::testing
