// What was told, and whether it is still there.
#include "app/devnet_witness.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "ledger/bitcoin/header.hpp"
#include "model/block.hpp"

namespace kith::app {
namespace {

namespace bitcoin = ledger::bitcoin;

/// The hash of a whole block in hexadecimal, as it is displayed; empty for what is none.
std::string hash_of(const std::string& hex) {
  const auto block = from_hex(hex);
  if (!block || block->size() < bitcoin::header_size) return {};
  return to_display(bitcoin::id_of(Bytes(*block).first(bitcoin::header_size)));
}

}  // namespace

void DevnetWitness::hear(DevnetNode& node, std::size_t index) {
  auto news = node.news();
  if (!news) return;
  for (auto& [height, hash] : news->tips) told_[index][height] = std::move(hash);
  for (auto& note : news->notes) notes_[index].insert(std::move(note));
  if (news->gap) unheard_[index] = published_;
}

void DevnetWitness::published(std::size_t index, const std::string& note) {
  notes_[index].insert(note);
  published_.insert(note);
}

std::string DevnetWitness::lost(DevnetNode& node, std::size_t index, Rng& dice) const {
  const auto& told = told_[index];
  std::vector<std::pair<u32, std::string>> rows(told.rbegin(), told.rend());
  const auto latest = std::min(rows.size(), latest_checked);
  std::vector<std::pair<u32, std::string>> asked(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(latest));
  for (std::size_t i = 0; i < drawn_checked && !rows.empty(); ++i) asked.push_back(rows[dice.below(rows.size())]);
  for (const auto& [height, hash] : asked) {
    const auto block = node.block_hex(hash);
    if (!block) return fmt::format("block {} {}…: {}", height, hash.substr(0, 16), block.error());
    if (hash_of(*block) != hash) return fmt::format("block {} {}…: another was served", height, hash.substr(0, 16));
  }
  return {};
}

std::set<std::string> DevnetWitness::owed() const {
  std::set<std::string> out;
  for (const auto& notes : notes_) out.insert(notes.begin(), notes.end());
  return out;
}

std::size_t DevnetWitness::missing(std::size_t index, const std::set<std::string>& owed) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      owed, [&](const std::string& note) { return !notes_[index].contains(note) && !unheard_[index].contains(note); }));
}

std::size_t DevnetWitness::unheard() const {
  std::size_t out = 0;
  for (std::size_t i = 0; i < notes_.size(); ++i)
    out += static_cast<std::size_t>(
        std::ranges::count_if(unheard_[i], [&](const std::string& note) { return !notes_[i].contains(note); }));
  return out;
}

}  // namespace kith::app
