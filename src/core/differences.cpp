// Peers that are not quite like us: which kinds of items they take, and which rules their ledger follows.
#include "core/host.hpp"

namespace kith::core {

gossip::KindSet Host::kinds_of(const Hello& hello) const {
  // Who is too old to say is sent all, and passes over what it does not know.
  if (!hello.kinds) return gossip::KindSet::all();
  auto out = gossip::KindSet::none();
  for (std::size_t i = 0; i < tags_.size(); ++i)
    if (std::ranges::binary_search(*hello.kinds, tags_[i])) out.add(static_cast<u16>(i));
  return out;
}

bool Host::same_rules(const PeerInfo& info, u64 height) const {
  if (!chain_) return true;
  // Who is too old to say knows of no change of rules.
  const auto& forks = chain_->forks();
  return forks.agrees(info.hello.fork.value_or(forks.none()), height);
}

void Host::part_from_other_rules() {
  const u32 height = chain_->tip().height;
  for (const Peer peer : connections_.peers()) {
    auto& row = *connections_.find(peer);
    // Who does not say may have no ledger at all, and then breaks none of its rules.
    if (row.open && row.info.hello.fork && !same_rules(row.info, height)) close(row, Fault::other_fork);
  }
}

}  // namespace kith::core
