// What protocols ask for and report, carried out after their turn; and what they may read during it.
#include "base/check.hpp"
#include "core/host.hpp"

namespace kith::core {

Lane ProtocolTurn::open(Peer peer) { return host_.open_lane(peer); }
const PeerInfo* ProtocolTurn::info(Peer peer) const {
  const auto* row = host_.connections_.find(peer);
  return row && row->open && !row->closing ? &row->info : nullptr;
}
bool ProtocolTurn::room(Peer peer) const { return host_.room(peer); }
std::optional<Address> ProtocolTurn::own_address(Peer peer) const {
  const auto* whom = info(peer);
  return whom ? host_.around(*whom).own_address(now, whom->address.ip) : std::nullopt;
}
std::vector<TimedAddress> ProtocolTurn::addresses_for(Peer peer, std::optional<KindTag> kind) {
  const auto* whom = info(peer);
  if (!whom) return {};
  Address asker = whom->address;
  asker.id = whom->hello.id;
  return host_.around(*whom).addresses_for(*this, asker, kind);
}
std::vector<KindTag> ProtocolTurn::kinds_wanted(Peer peer) const {
  const auto* whom = info(peer);
  return whom ? host_.around(*whom).kinds_wanted(*this, host_.connections_) : std::vector<KindTag>{};
}
std::optional<Body> ProtocolTurn::item(Peer peer, const ItemId& id) const { return host_.gossip_.wanted(peer, id); }
std::vector<Buffer> ProtocolTurn::headers_after(std::span<const Hash> locator, std::size_t most) const {
  return host_.chain_ ? host_.chain_->after(locator, most) : std::vector<Buffer>{};
}
const ledger::Chain* ProtocolTurn::chain() const { return host_.chain_.get(); }
const std::vector<Kind>& ProtocolTurn::kinds() const { return host_.kinds_; }
std::optional<u16> ProtocolTurn::kind(std::string_view text) const {
  for (std::size_t i = 0; i < host_.kinds_.size(); ++i)
    if (host_.kinds_[i].text == text) return static_cast<u16>(i);
  return std::nullopt;
}

Lane Host::open_lane(Peer peer) {
  auto* row = connections_.find(peer);
  return row ? std::exchange(row->next_lane, row->next_lane + 2) : Lane{0};
}

bool Host::room(Peer peer) {
  auto* row = connections_.find(peer);
  if (!row || !row->open || row->closing) return false;
  row->was_full |= row->queued >= full_queue;
  return row->queued < full_queue;
}

bool Host::speaks(const PeerInfo& info, const Protocol& protocol) const {
  return std::any_of(info.hello.names.begin(), info.hello.names.end(),
                     [&](u16 name) { return protocols_[owner_[name]].get() == &protocol; });
}

bool Host::gives_blocks(const PeerInfo& info) const {
  return std::ranges::any_of(info.hello.names, [&](u16 name) { return protocols_[owner_[name]]->gives_blocks(); });
}

void Host::apply(Turn& turn, std::vector<Act> acts) {
  for (auto& act : acts) std::visit([&](auto& what) { apply(turn, what); }, act);
}

void Host::apply(Turn&, Say& say) {
  auto* row = connections_.find(say.peer);
  if (!row || !row->open || row->closing || !row->shares(say.message.name)) return;
  check(say.message.body.size() <= names_[say.message.name].largest, "a message larger than its protocol allows");
  row->queued += say.message.body.size();
  if (row->queued > 4 * full_queue) return close(*row, Fault::too_slow);
  order(std::move(say));
}

void Host::apply(Turn&, GiveUp& lane) {
  if (connections_.find(lane.peer)) order(lane);
}

void Host::apply(Turn&, ReadBlock& read) { order(Work{ReadJob{read.peer, read.lane, read.id}}); }

void Host::apply(Turn& turn, Learned& learned) {
  const auto* row = connections_.find(learned.from);
  if (row) around(row->info).learned(turn, row->info.address, learned.addresses, learned.kind);
}

void Host::apply(Turn& turn, Blamed& blamed) { blame(turn, blamed.peer, blamed.error); }

void Host::apply(Turn&, Measured& measured) {
  auto* row = connections_.find(measured.peer);
  if (!row) return;
  row->round_trip = std::min(row->round_trip, measured.round_trip);
  order(Event{RoundTrip{measured.peer, measured.round_trip}});
}

void Host::apply(Turn& turn, TellsTime& tells) {
  const auto* row = connections_.find(tells.peer);
  if (row) clocks_.heard(turn.now, row->info.address.ip, tells.theirs);
}

void Host::apply(Turn& turn, Reached& reached) {
  const auto* row = connections_.find(reached.by);
  if (row) around(row->info).reached(turn, row->info, reached.address, reached.reached);
}

void Host::apply(Turn& turn, Announced& announced) {
  if (chain_ && chain_->tip().height + max_behind_tip < chain_->best().height)
    std::erase_if(announced.ids, [&](const ItemId& id) { return kinds_[id.kind].needs_tip; });
  follow(turn, gossip_.announced(turn.now, announced.peer, announced.ids));
}

void Host::blame_for_item(Turn& turn, Peer peer, const Error& error) {
  const auto* row = connections_.find(peer);
  if (row && around(row->info).blames_items()) blame(turn, peer, error);
}

void Host::apply(Turn& turn, Offered& offered) {
  const auto& kind = kinds_[offered.kind];
  if (offered.body.size() > kind.largest) return blame_for_item(turn, offered.peer, {Fault::oversize, "item"});
  const auto examined = kind.examine(offered.body.bytes(), turn.utc);
  if (!examined) {
    blame_for_item(turn, offered.peer, examined.error());
    if (offered.ask) follow(turn, gossip_.missed(turn.now, offered.peer, *offered.ask, {{offered.asked}}));
    return;
  }
  offering_ = Offering{offered.peer, offered.kind, examined->author};
  follow(turn, gossip_.offered(turn.now, offered.peer, {{offered.kind, examined->hash}, std::move(offered.body)},
                               offered.ask, examined->date));
  offering_.reset();
}

void Host::apply(Turn& turn, MissedItems& missed) {
  follow(turn, gossip_.missed(turn.now, missed.peer, missed.ask, missed.ids));
}

void Host::apply(Turn& turn, HaveHeaders& have) {
  if (sync_) follow(turn, sync_->have(turn.now, turn.utc, have.peer, have.headers, have.ask));
}

void Host::apply(Turn& turn, NamedBlocks& named) {
  if (sync_) follow(turn, sync_->named(turn.now, named.peer, named.ids));
}

void Host::apply(Turn& turn, GotBlock& got) {
  if (sync_) follow(turn, sync_->block(turn.now, turn.utc, got.peer, std::move(got.body), got.ask));
}

void Host::apply(Turn& turn, MissedBlocks& missed) {
  if (sync_) follow(turn, sync_->missed(turn.now, missed.peer, missed.ask, missed.ids));
}

void Host::apply(Turn&, DirectCame& came) {
  const auto* row = connections_.find(came.from);
  if (row) order(Event{DirectMessage{row->info, std::move(came.protocol), std::move(came.bytes)}});
}

void Host::apply(Turn&, CallEnded& ended) { order(Event{std::move(ended)}); }

Result<> Host::direct(Turn& turn, Peer to, std::string_view protocol, const Body& bytes) {
  const auto* row = connections_.find(to);
  if (!row || !row->open || row->closing) return fail(Fault::unreachable, "neighbour");
  bool said = false;
  with_speakers(turn, to,
                [&](ProtocolTurn& mine, Protocol& each) { said = said || each.on_direct(mine, to, protocol, bytes); });
  if (!said) return fail(Fault::unknown_name, "protocol");
  return {};
}

Result<u64> Host::call(Turn& turn, Peer to, std::string_view protocol, u32 type, const Body& body) {
  const auto* row = connections_.find(to);
  if (!row || !row->open || row->closing) return fail(Fault::unreachable, "neighbour");
  const u64 number = next_call_++;
  bool asked = false;
  with_speakers(turn, to, [&](ProtocolTurn& mine, Protocol& each) {
    asked = asked || each.on_call(mine, to, number, protocol, type, body);
  });
  if (!asked) return fail(Fault::unknown_name, "protocol");
  return number;
}

}  // namespace kith::core
