// Requests: what was asked of whom on which lane, until when; the book-keeping that every asking protocol shares.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "model/message.hpp"
#include "model/peer.hpp"

namespace kith::core {

template <typename Context>
class Requests {
 public:
  using Key = std::pair<Peer, Lane>;

  void issue(Peer peer, Lane lane, Time deadline, Context context) {
    open_.emplace(Key{peer, lane}, Entry{deadline, std::move(context)});
    due_.emplace(deadline, Key{peer, lane});
  }
  /// The context of a request that waits for its answer from that very peer; nothing if it waits no longer.
  std::optional<Context> finish(Peer peer, Lane lane) {
    const auto at = open_.find({peer, lane});
    if (at == open_.end()) return std::nullopt;
    due_.erase({at->second.deadline, at->first});
    auto context = std::move(at->second.context);
    open_.erase(at);
    return context;
  }
  /// Takes those whose deadline has passed.
  std::vector<std::pair<Key, Context>> expired(Time now) {
    std::vector<std::pair<Key, Context>> out;
    while (!due_.empty() && due_.begin()->first <= now) {
      const auto key = due_.begin()->second;
      out.emplace_back(key, *finish(key.first, key.second));
    }
    return out;
  }
  /// Takes all of one peer's.
  std::vector<std::pair<Key, Context>> gone(Peer peer) {
    std::vector<std::pair<Key, Context>> out;
    for (auto at = open_.lower_bound({peer, 0}); at != open_.end() && at->first.first == peer;) {
      const auto key = (at++)->first;
      out.emplace_back(key, *finish(key.first, key.second));
    }
    return out;
  }
  /// Takes those whose context fits.
  template <typename Fits>
  std::vector<Key> cancel(Fits fits) {
    std::vector<Key> out;
    for (const auto& [key, entry] : open_)
      if (fits(entry.context)) out.push_back(key);
    for (const auto& key : out) finish(key.first, key.second);
    return out;
  }

  std::size_t size() const { return open_.size(); }
  Time next() const { return due_.empty() ? never : due_.begin()->first; }

 private:
  struct Entry {
    Time deadline;
    Context context;
  };
  std::map<Key, Entry> open_;
  std::set<std::pair<Time, Key>> due_;
};

}  // namespace kith::core
