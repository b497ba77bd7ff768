// Every sub-protocol of a host: bytes as a program of messages that one peer says. Each step is one byte name and role,
// one byte type, two bytes size, then the payload.
#include "base/check.hpp"
#include "base/reader.hpp"
#include "core/host.hpp"
#include "crypto/keys.hpp"
#include "lean/envelope.hpp"
#include "lean/mount.hpp"
#include "lean/sealed.hpp"
#include "target.hpp"

using namespace kith;

namespace {

/// Names of all protocols.
constexpr int names = 7;

const crypto::Identity& identity() {
  static const crypto::Identity out(std::array<u8, 32>{7});
  return out;
}

core::Host make_host(Rng& rng) {
  core::HostConfig config;
  config.self.id = PeerId{identity().public_key()};
  config.neighbours[0].word = "lean";
  std::vector<core::Kind> kinds;
  kinds.push_back(lean::authored("note", 4096, Priority::item, Hash{}, [](const auto&) { return Verdict::accept; }));
  kinds.push_back(lean::sealed_kind(identity(), Hash{}));
  const lean::MailParts mail{&identity(), Hash{}};
  return {config, nullptr, std::move(kinds), lean::protocols({}, true, mail), {}, rng};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  Rng rng = Rng::seeded(1);
  core::Turn turn{Time{}, Utc{}, rng};
  auto host = make_host(rng);
  host.start(turn);
  const Peer peer = *host.knocked(turn, {Ip::v4(8, 8, 8, 8), 1, "lean", std::nullopt});
  Hello hello;
  hello.id = PeerId{{1}};
  hello.names = {0, 1, 2, 3, 4, 5, 6};
  // So that it is asked for takers of kinds.
  hello.kinds.emplace();
  host.report(turn, peer, core::Opened{hello});

  // One question and one letter are under way, so that their answers are looked at.
  check(host.send(turn, PeerId{{2}}, "text", Body(Buffer(3))).has_value(), "a letter to anybody");
  check(host.send(turn, PeerId{{1}}, "text", Body(Buffer(3))).has_value(), "a letter to the peer");
  Reader in({data, size});
  for (Lane lane = 1; in.left() > 0; lane += 2) {
    const u8 first = in.byte();
    const u8 type = in.byte();
    const Bytes payload = in.take(std::min<std::size_t>(in.u16be(), in.left()));
    const auto role = static_cast<Role>(first >> 4 & 3);
    const auto on = role == Role::answer || role == Role::refusal ? lane + 1 : lane;
    turn.now += 100ms;
    host.report(turn, peer, core::Arrived{{on, static_cast<u16>(first % names), role, type, Body(to_buffer(payload))}});
    host.tick(turn);
    while (host.take()) {
    }
  }
  host.report(turn, peer, core::Closed{{Fault::cut}});
  check(host.connections().find(peer) == nullptr, "a connection that stays");
  check(host.gossip().idle(), "gossip that stays");
  return 0;
}
