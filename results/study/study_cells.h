#pragma once
// The cells that a study's claims are about.

#include <string>

#include "results/comparison/comparison.h"

namespace threadmill::results {

/// The cells of one run. Refers to the comparison that it was made from.
class StudyCells {
 public:
  StudyCells(const Comparison& comparison, std::size_t run) : comparison_(comparison), run_(run) {}

  /// Nothing where the subject was not measured in the scenario.
  const Row* find(const std::string& scenario, const std::string& subject) const;

  /// Whether anything was measured of the subject.
  bool has(const std::string& subject) const;

  /// Why the cell decides nothing; empty where it may.
  std::string what_bars(const std::string& scenario, const std::string& subject) const;

 private:
  const Comparison& comparison_;
  std::size_t run_;
};

}  // namespace threadmill::results
