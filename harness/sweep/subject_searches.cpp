#include "harness/sweep/subject_searches.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "results/statistics/statistics.h"

namespace threadmill::harness {

using results::Bracket;

SubjectSearches::SubjectSearches(const results::SearchRange& range, int searches, std::uint64_t seed)
    : range_(range), searches_(searches), random_(seed), search_(range) {}

std::optional<SubjectSearches::Step> SubjectSearches::next() const {
  const auto level = search_.next();
  if (broken_ || !level || static_cast<int>(answers_.size()) >= searches_) return std::nullopt;
  return Step{*level, static_cast<int>(answers_.size())};
}

bool SubjectSearches::knows_something() const {
  const auto says = [](const Bracket& answer) { return answer.meets || answer.violates; };
  return says(bracket_of(search_.outcomes())) || std::any_of(answers_.begin(), answers_.end(), says);
}

std::optional<double> SubjectSearches::guess() {
  std::vector<double> earlier;
  for (const Bracket& answer : answers_) {
    const double low = static_cast<double>(answer.meets.value_or(range_.from));
    earlier.push_back(answer.is_closed() ? std::sqrt(low * static_cast<double>(*answer.violates)) : low);
  }
  // Evenly over one bracket's width, on the logarithm; the top 53 bits, as any standard library would.
  const double share = static_cast<double>(random_() >> 11) * 0x1p-53 - 0.5;
  return results::median(earlier) * std::pow(1 + range_.precision, share);
}

void SubjectSearches::observe(const results::ProbeVerdict& verdict) {
  if (!verdict.outcome) {
    broken_ = true;
    return;
  }
  search_.observe(*verdict.outcome);
  if (search_.next()) return;
  answers_.push_back(bracket_of(search_.outcomes()));
  search_ = results::CapacitySearch(range_, guess());
}

std::vector<std::size_t> order_of_step(std::size_t count, std::size_t step, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(seed + step / 2);
  // As in schedule(): std::shuffle differs between standard libraries.
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  if (step % 2 == 1) std::reverse(order.begin(), order.end());
  return order;
}

}  // namespace threadmill::harness
