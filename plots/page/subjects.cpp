#include "plots/page/subjects.h"

#include <algorithm>

#include "plots/text/text.h"
#include "plots/words/cells.h"

namespace threadmill::plots {
namespace {

template <typename AnyRow>
void add_subject(const AnyRow& row, std::vector<PageSubject>& subjects) {
  const std::string name = short_label(row.label, row.ceiling);
  const auto same = [&](const PageSubject& subject) { return subject.name == name; };
  if (std::any_of(subjects.begin(), subjects.end(), same)) return;
  subjects.push_back({name, plain(row.label, 48) + (row.ceiling ? " (ceiling)" : "")});
}

}  // namespace

std::vector<PageSubject> subjects_of(const results::Comparison& comparison) {
  std::vector<PageSubject> subjects;
  for (const auto& scenario : comparison.scenarios) {
    for (const auto& row : scenario.rows) add_subject(row, subjects);
  }
  for (const auto& sweep : comparison.sweeps) {
    for (const auto& row : sweep.rows) add_subject(row, subjects);
  }
  return subjects;
}

}  // namespace threadmill::plots
