#include "results/statistics/change_point.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <numeric>
#include <random>
#include <utility>

#include "results/statistics/multiple_tests.h"
#include "results/statistics/ranks.h"
#include "results/statistics/statistics.h"

namespace threadmill::results {
namespace {

constexpr std::uint64_t seed_of_orders = 1979;

/// Pettitt's K: how far the ranks before some place are from what they would be on average, at the furthest.
double furthest_from_average(const std::vector<double>& rank_of) {
  const auto count = static_cast<double>(rank_of.size());
  double sum = 0, furthest = 0;
  for (std::size_t at = 1; at < rank_of.size(); ++at) {
    sum += rank_of[at - 1];
    furthest = std::max(furthest, std::abs(2 * sum - static_cast<double>(at) * (count + 1)));
  }
  return furthest;
}

/// The largest that furthest_from_average() can be: where two halves are apart.
double largest_distance_of(std::size_t count) {
  return static_cast<double>(count / 2) * static_cast<double>(count - count / 2);
}

/// So many that a p-value which counts among `tests` still has 20 orders that are as far.
std::size_t orders_for(std::size_t tests, double significance) {
  constexpr double orders_as_far = 20;
  const double wanted = orders_as_far * static_cast<double>(tests) / significance;
  return std::max(SplitTest::fewest_orders, static_cast<std::size_t>(wanted));
}

/// The sum of the distances from the median.
double deviations(const std::vector<double>& values) {
  const double middle = median(values);
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [&](double sum, double value) { return sum + std::abs(value - middle); });
}

/// Where the parts deviate least from their medians. Ranks tell that there are two levels, and not well where
/// they meet: they favour the middle of the sequence.
std::size_t place_of_change(const std::vector<double>& values) {
  std::size_t place = 1;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t at = 1; at < values.size(); ++at) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(at);
    const double both = deviations({values.begin(), middle}) + deviations({middle, values.end()});
    if (both < least) {
      least = both;
      place = at;
    }
  }
  return place;
}

/// Fisher and Yates; std::shuffle gives other orders with other libraries.
void shuffle_ranks(std::vector<double>& values, std::mt19937_64& random) {
  for (std::size_t left = values.size(); left > 1; --left)
    std::swap(values[left - 1], values[random() % left]);
}

/// A part of a sequence that may fall into two.
struct Segment {
  std::size_t sequence = 0;
  std::size_t from = 0;
  std::size_t to = 0;  ///< one past the last

  std::size_t size() const { return to - from; }
};

std::vector<Segment> long_enough(const std::vector<Segment>& segments, std::size_t fewest) {
  std::vector<Segment> kept;
  std::copy_if(segments.begin(), segments.end(), std::back_inserter(kept),
               [&](const Segment& segment) { return segment.size() >= fewest; });
  return kept;
}

std::vector<double> segment_values(const std::vector<std::vector<double>>& sequences,
                                   const Segment& segment) {
  const auto begin = sequences[segment.sequence].begin();
  return {begin + static_cast<std::ptrdiff_t>(segment.from), begin + static_cast<std::ptrdiff_t>(segment.to)};
}

/// The segments' clearest places, counted from the start of their sequences; p-values corrected over them
/// all.
std::vector<Split> splits_of_a_round(const std::vector<std::vector<double>>& sequences,
                                     const std::vector<Segment>& segments, SplitTest& test) {
  std::vector<Split> splits;
  std::vector<double> p_values;
  for (const Segment& segment : segments) {
    const auto split = test.clearest_split(segment_values(sequences, segment)).value_or(Split{});
    splits.push_back({segment.from + split.at, split.p_value});
    p_values.push_back(split.p_value);
  }
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t i = 0; i < splits.size(); ++i) splits[i].p_value = corrected[i];
  return splits;
}

}  // namespace

const std::vector<double>& SplitTest::drawn_statistics(std::size_t count) {
  const auto [entry, is_new] = drawn_.try_emplace(count);
  if (!is_new) return entry->second;
  std::mt19937_64 random(seed_of_orders);
  std::vector<double> order(count);
  std::iota(order.begin(), order.end(), 1.0);
  for (std::size_t i = 0; i < orders_; ++i) {
    shuffle_ranks(order, random);
    entry->second.push_back(furthest_from_average(order));
  }
  std::sort(entry->second.begin(), entry->second.end());
  return entry->second;
}

std::optional<Split> SplitTest::clearest_split(const std::vector<double>& values) {
  if (values.size() < 2) return std::nullopt;
  const double distance = furthest_from_average(ranks(values));
  const std::size_t place = place_of_change(values);
  // The drawn ones need not have it, however rare: there the exact one is known.
  if (distance >= largest_distance_of(values.size()) - 0.5)
    return Split{place, smallest_split_p(values.size())};
  const std::vector<double>& drawn = drawn_statistics(values.size());
  // Statistics are whole numbers, with ties too: a mean rank is a half at worst, and is counted twice.
  const auto first_as_far = std::lower_bound(drawn.begin(), drawn.end(), distance - 0.5);
  const auto as_far = static_cast<double>(drawn.end() - first_as_far);
  return Split{place, (as_far + 1) / static_cast<double>(orders_ + 1)};
}

// With 2k values, two of (2k)! / (k! k!) ways to choose the first k are the furthest: the smaller half, or
// the larger. One value more, in the middle, changes nothing: it may stand at either side of the split.
double smallest_split_p(std::size_t count) {
  const auto half = static_cast<double>(count / 2);
  return std::min(1.0, 2 * std::exp(2 * std::lgamma(half + 1) - std::lgamma(2 * half + 1)));
}

std::size_t split_count_needed(double significance) {
  std::size_t count = 2;
  while (smallest_split_p(count) > significance) ++count;
  return count;
}

ChangePoints change_points(const std::vector<std::vector<double>>& sequences, double significance) {
  ChangePoints changes;
  changes.of.resize(sequences.size());
  const std::size_t fewest = split_count_needed(significance);
  std::vector<Segment> segments;
  for (std::size_t i = 0; i < sequences.size(); ++i) segments.push_back({i, 0, sequences[i].size()});
  segments = long_enough(segments, fewest);
  changes.tests = segments.size();
  SplitTest test(orders_for(changes.tests, significance));
  while (!segments.empty()) {
    const std::vector<Split> splits = splits_of_a_round(sequences, segments, test);
    std::vector<Segment> parts;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (splits[i].p_value > significance) continue;
      const auto& [sequence, from, to] = segments[i];
      changes.of[sequence].push_back(splits[i]);
      parts.push_back({sequence, from, splits[i].at});
      parts.push_back({sequence, splits[i].at, to});
    }
    segments = long_enough(parts, fewest);
  }
  for (auto& splits : changes.of)
    std::sort(splits.begin(), splits.end(), [](const Split& a, const Split& b) { return a.at < b.at; });
  return changes;
}

}  // namespace threadmill::results
