#include "results/statistics/rank_test.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

#include "results/statistics/exact_distribution.h"
#include "results/statistics/ranks.h"

namespace threadmill::results {
namespace {

// From here on R's wilcox.test() uses the normal approximation.
constexpr std::size_t exact_below = 50;

/// A rank statistic as seen at one place: its value and, where nothing is there to find, mean and deviation.
struct Statistic {
  double value = 0;
  double mean = 0;
  double deviation = 0;
};

/// With the correction for continuity: the statistic moves in steps, and half a step belongs to the nearer
/// side.
double normal_p(const Statistic& statistic) {
  const double distance = std::abs(statistic.value - statistic.mean);
  if (distance == 0 || statistic.deviation == 0) return 1;
  const double z = (distance - 0.5) / statistic.deviation;
  return std::min(1.0, 2 * boost::math::cdf(boost::math::complement(boost::math::normal(), z)));
}

/// Inverting the test: a shift is in the interval when the test does not reject it, and between two sorted
/// candidates (differences, or means of two) the statistic is the number of candidates above. So the ends are
/// the candidates at equal ranks from both ends (Hollander, Wolfe and Chicken, Nonparametric Statistical
/// Methods, sections 3.3 and 4.3).
std::optional<Interval> between_ranks(const std::vector<double>& candidates, double rank, double confidence) {
  if (!(rank >= 1)) return std::nullopt;
  const auto from_end = static_cast<std::size_t>(rank);
  return Interval{candidates[from_end - 1], candidates[candidates.size() - from_end], confidence};
}

std::optional<Interval> exact_interval(const std::vector<double>& candidates,
                                       const ExactDistribution& distribution, double wanted) {
  const std::size_t rank = values_in_lower_tail(distribution, (1 - wanted) / 2);
  return between_ranks(candidates, static_cast<double>(rank), 1 - 2 * lower_tail(distribution, rank));
}

std::optional<Interval> normal_interval(const std::vector<double>& candidates, double deviation,
                                        double wanted) {
  const double z = boost::math::quantile(boost::math::normal(), (1 + wanted) / 2);
  const double mean = static_cast<double>(candidates.size()) / 2;
  return between_ranks(candidates, std::floor(mean - 0.5 - z * deviation) + 1, wanted);
}

std::vector<double> sorted_differences(const std::vector<double>& first, const std::vector<double>& second) {
  std::vector<double> differences;
  for (const double a : first)
    for (const double b : second) differences.push_back(a - b);
  std::sort(differences.begin(), differences.end());
  return differences;
}

/// The means of all pairs, each value with itself too (Walsh).
std::vector<double> sorted_walsh_averages(const std::vector<double>& values) {
  std::vector<double> averages;
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = i; j < values.size(); ++j) averages.push_back((values[i] + values[j]) / 2);
  std::sort(averages.begin(), averages.end());
  return averages;
}

/// The sum of t^3 - t over groups of t equal values.
double tie_term(const std::vector<double>& values) {
  double sum = 0;
  for (const std::size_t size : tie_sizes(values)) {
    const auto t = static_cast<double>(size);
    sum += t * t * t - t;
  }
  return sum;
}

double rank_sum_deviation(double first, double second, double ties) {
  const double all = first + second;
  return std::sqrt(first * second / 12 * (all + 1 - ties / (all * (all - 1))));
}

double signed_rank_deviation(double count, double ties) {
  return std::sqrt(count * (count + 1) * (2 * count + 1) / 24 - ties / 48);
}

std::vector<double> joined(const std::vector<double>& first, const std::vector<double>& second) {
  std::vector<double> all = first;
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

/// U: pairs whose first is the larger; a tie counts half.
Statistic rank_sum_statistic(const std::vector<double>& first, const std::vector<double>& second) {
  const auto m = static_cast<double>(first.size());
  const auto n = static_cast<double>(second.size());
  const std::vector<double> all = joined(first, second);
  const std::vector<double> rank = ranks(all);
  double sum = 0;
  for (std::size_t i = 0; i < first.size(); ++i) sum += rank[i];
  return {sum - m * (m + 1) / 2, m * n / 2, rank_sum_deviation(m, n, tie_term(all))};
}

std::vector<double> sizes_of(const std::vector<double>& values) {
  std::vector<double> sizes;
  for (const double value : values) sizes.push_back(std::abs(value));
  return sizes;
}

/// V: the ranks of the positive values' sizes.
Statistic signed_rank_statistic(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const std::vector<double> sizes = sizes_of(values);
  const std::vector<double> rank = ranks(sizes);
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] > 0) sum += rank[i];
  return {sum, n * (n + 1) / 4, signed_rank_deviation(n, tie_term(sizes))};
}

/// The smallest count, on each side or of pairs, whose smallest p-value is low enough.
std::size_t count_needed(double significance, double (*smallest_p)(std::size_t)) {
  std::size_t count = 1;
  while (smallest_p(count) > significance) ++count;
  return count;
}

}  // namespace

double smallest_rank_sum_p(std::size_t first, std::size_t second) {
  const auto m = static_cast<double>(first);
  const auto n = static_cast<double>(second);
  // Two orders of all (m + n)! / (m! n!) are the furthest; the beta function does not overflow.
  return std::min(1.0, 2 * (m + n + 1) * boost::math::beta(m + 1, n + 1));
}

double smallest_signed_rank_p(std::size_t count) {
  return std::min(1.0, std::exp2(1 - static_cast<double>(count)));
}

std::size_t rank_sum_count_needed(double significance) {
  return count_needed(significance, [](std::size_t count) { return smallest_rank_sum_p(count, count); });
}

std::size_t signed_rank_count_needed(double significance) {
  return count_needed(significance, smallest_signed_rank_p);
}

std::optional<Shift> rank_sum_shift(const std::vector<double>& first, const std::vector<double>& second,
                                    double confidence) {
  if (first.empty() || second.empty()) return std::nullopt;
  const std::vector<double> candidates = sorted_differences(first, second);
  const Statistic statistic = rank_sum_statistic(first, second);
  const bool small = first.size() < exact_below && second.size() < exact_below;
  Shift shift;
  shift.estimate = median(candidates);
  if (small && tie_sizes(joined(first, second)).empty()) {
    const auto distribution = rank_sum_distribution(first.size(), second.size());
    shift.p_value = two_sided_p(distribution, static_cast<std::size_t>(std::lround(statistic.value)));
    shift.interval = exact_interval(candidates, distribution, confidence);
    return shift;
  }
  // The approximation may promise more than so few values can show at all.
  const double smallest_p = smallest_rank_sum_p(first.size(), second.size());
  shift.p_value = std::max(smallest_p, normal_p(statistic));
  if (smallest_p > 1 - confidence) return shift;
  // At any shift but a candidate itself only values of the same side are tied.
  const double deviation =
      rank_sum_deviation(static_cast<double>(first.size()), static_cast<double>(second.size()),
                         tie_term(first) + tie_term(second));
  shift.interval = normal_interval(candidates, deviation, confidence);
  return shift;
}

std::optional<Shift> signed_rank_shift(const std::vector<double>& differences, double confidence) {
  if (differences.empty()) return std::nullopt;
  const std::vector<double> candidates = sorted_walsh_averages(differences);
  std::vector<double> values = differences;
  std::erase(values, 0.0);
  const Statistic statistic = signed_rank_statistic(values);
  const bool zeros_or_ties = values.size() < differences.size() || !tie_sizes(sizes_of(values)).empty();
  Shift shift;
  shift.estimate = median(candidates);
  if (differences.size() < exact_below && !zeros_or_ties) {
    const auto distribution = signed_rank_distribution(values.size());
    shift.p_value = two_sided_p(distribution, static_cast<std::size_t>(std::lround(statistic.value)));
    shift.interval = exact_interval(candidates, distribution, confidence);
    return shift;
  }
  // The approximation may promise more than so few values can show at all.
  shift.p_value = std::max(smallest_signed_rank_p(values.size()), normal_p(statistic));
  if (smallest_signed_rank_p(differences.size()) > 1 - confidence) return shift;
  // At any shift but a candidate itself only differences that are equal are tied, and none is zero.
  const double deviation =
      signed_rank_deviation(static_cast<double>(differences.size()), tie_term(differences));
  shift.interval = normal_interval(candidates, deviation, confidence);
  return shift;
}

}  // namespace threadmill::results
