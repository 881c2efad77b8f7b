#pragma once
// Random changes of fuzz inputs, for compilers that have no libFuzzer.

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::fuzz {

/// Changes inputs at random, but the same way for the same seed everywhere.
class Mutator {
 public:
  /// `seeds` are what inputs are made of; they outlive the mutator and are at least one.
  Mutator(const std::vector<std::string>& seeds, std::uint64_t seed) : seeds_(seeds), random_(seed) {}

  /// One of the seeds with one to eight changes, of no more than `most_bytes`.
  std::string next(std::size_t most_bytes);

 private:
  std::size_t below(std::size_t bound);
  void change(std::string& input);
  void replace_token(std::string& input);
  void repeat_part(std::string& input);
  void splice(std::string& input);

  const std::vector<std::string>& seeds_;
  std::mt19937_64 random_;  // its numbers are laid down by the standard; those of distributions are not
};

}  // namespace threadmill::fuzz
