#pragma once
// The servers of a comparison as a page names them.

#include <string>
#include <vector>

#include "results/comparison/comparison.h"

namespace threadmill::plots {

struct PageSubject {
  std::string name;   ///< as charts call it
  std::string label;  ///< as tables call it
};

/// Each once, in the order in which they appear.
std::vector<PageSubject> subjects_of(const results::Comparison& comparison);

}  // namespace threadmill::plots
