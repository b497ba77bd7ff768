// Script: an attack as lines of words, with loops. What the verbs mean is play.cpp's business.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

namespace kith::survive {

/// Longest script, in lines that say something.
inline constexpr std::size_t max_lines = 30;

struct Step {
  std::size_t line = 0;
  std::vector<std::string> words;
  /// The steps of `repeat N`, up to its `end`.
  std::vector<Step> body;
};

struct Script {
  std::string name;
  std::vector<Step> steps;
};

/// A line is words between blanks; what follows # is for people. Fails with the line and what is wrong there.
std::expected<Script, std::string> read_script(const std::filesystem::path& file);

/// `word` with $i (turns of the innermost loop, from 0), $j ($i + 1), $odd (2 $i + 1) and $even (2 $i + 2) put in.
std::string filled(const std::string& word, std::size_t i);

}  // namespace kith::survive
