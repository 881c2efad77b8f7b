#pragma once
// What the load generator, where it was the limit, hid from the number that a claim is judged by.

#include <string>
#include <vector>

#include "results/study/study_cells.h"

namespace threadmill::results {

/// A cell and, where the claim is about proportions, the cell of the same subject that it is divided by.
struct ClaimSide {
  std::string scenario;
  std::string subject;
  std::string base_scenario;  ///< empty: not divided
};

/// Collects what was hidden from one number. Refers to the cells that it was made from.
class HiddenPart {
 public:
  HiddenPart(const StudyCells& cells, Metric metric) : cells_(cells), metric_(metric) {}

  /// The side's cells are there. `sign`: +1 where a higher value of the side makes the number higher, -1
  /// where it makes it lower.
  void add(const ClaimSide& side, int sign);

  Hidden of_number() const { return hidden_; }

  /// The cells that it held back: "epoll in chat-50, fork in chat-50".
  std::string held_back() const;

 private:
  void add_cell(const std::string& scenario, const std::string& subject, int sign);

  const StudyCells& cells_;
  Metric metric_;
  Hidden hidden_ = Hidden::nothing;
  std::vector<std::string> names_;
};

}  // namespace threadmill::results
