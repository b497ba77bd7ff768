// Lines to steps.
#include "survive/script.hpp"

#include <fstream>
#include <sstream>
#include <utility>

namespace kith::survive {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line.substr(0, line.find('#')));
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

}  // namespace

std::expected<Script, std::string> read_script(const std::filesystem::path& file) {
  Script out{file.stem().string(), {}};
  std::ifstream in(file);
  if (!in) return std::unexpected(file.string() + ": cannot be read");
  const auto wrong = [&](std::size_t line, const std::string& what) {
    return std::unexpected(file.string() + ":" + std::to_string(line) + ": " + what);
  };
  std::vector<std::vector<Step>*> open{&out.steps};
  std::size_t number = 0;
  std::size_t said = 0;
  for (std::string text; std::getline(in, text);) {
    ++number;
    auto words = words_of(text);
    if (words.empty()) continue;
    if (++said > max_lines) return wrong(number, "more than " + std::to_string(max_lines) + " lines");
    if (words[0] == "end") {
      if (open.size() == 1) return wrong(number, "an end of no repeat");
      open.pop_back();
      continue;
    }
    const bool loop = words[0] == "repeat";
    if (loop && words.size() != 2) return wrong(number, "repeat takes a number");
    open.back()->push_back({number, std::move(words), {}});
    if (loop) open.push_back(&open.back()->back().body);
  }
  if (open.size() != 1) return wrong(number, "a repeat without its end");
  if (out.steps.empty()) return wrong(number, "an attack that does nothing");
  return out;
}

std::string filled(const std::string& word, std::size_t i) {
  std::string out = word;
  const std::pair<std::string, std::size_t> names[] = {
      {"$i", i}, {"$j", i + 1}, {"$odd", 2 * i + 1}, {"$even", 2 * i + 2}};
  for (const auto& [name, value] : names)
    for (auto at = out.find(name); at != std::string::npos; at = out.find(name))
      out.replace(at, name.size(), std::to_string(value));
  return out;
}

}  // namespace kith::survive
