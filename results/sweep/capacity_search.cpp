#include "results/sweep/capacity_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "results/statistics/statistics.h"

namespace threadmill::results {
namespace {

constexpr double kDoubling = 2;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A search's answer as numbers: 0 and infinity where it found no end.
struct Answer {
  double low = 0;
  double middle = 0;
  double high = kInfinity;
};

Answer answer_of(const Bracket& search) {
  Answer answer;
  if (search.meets) answer.low = static_cast<double>(*search.meets);
  if (search.violates) answer.high = static_cast<double>(*search.violates);
  answer.middle = search.is_closed() ? std::sqrt(answer.low * answer.high) : search.meets ? kInfinity : 0;
  return answer;
}

std::vector<double> sorted(const std::vector<Answer>& answers, double Answer::*which) {
  std::vector<double> values;
  for (const auto& answer : answers) values.push_back(answer.*which);
  std::sort(values.begin(), values.end());
  return values;
}

/// The ranks of the interval's ends, from 0: order statistics are chosen by rank alone.
std::pair<std::size_t, std::size_t> interval_ranks(std::size_t count, double& confidence) {
  std::vector<double> ranks;
  for (std::size_t rank = 0; rank < count; ++rank) ranks.push_back(static_cast<double>(rank));
  if (const auto interval = median_interval(ranks)) {
    confidence = interval->confidence;
    return {static_cast<std::size_t>(interval->low), static_cast<std::size_t>(interval->high)};
  }
  confidence = range_confidence(count);
  return {0, count - 1};
}

void set_value(Capacity& capacity, const std::vector<Answer>& answers) {
  const auto middles = sorted(answers, &Answer::middle);
  const double lower = middles[(middles.size() - 1) / 2], upper = middles[middles.size() / 2];
  if (lower <= 0) {
    capacity.kind = Capacity::Kind::below;
    capacity.value = median(sorted(answers, &Answer::high));
  } else if (upper == kInfinity) {
    capacity.kind = Capacity::Kind::at_least;
    capacity.value = median(sorted(answers, &Answer::low));
  } else {
    capacity.kind = Capacity::Kind::measured;
    capacity.value = (lower + upper) / 2;
  }
}

/// The level between two, or nothing where they are near enough. Levels are whole.
std::optional<Level> between(Level low, Level high, double precision) {
  const auto narrow = static_cast<double>(low) * (1 + precision);
  if (high - low <= 1 || static_cast<double>(high) <= narrow + 1) return std::nullopt;
  const auto middle = std::llround(std::sqrt(static_cast<double>(low) * static_cast<double>(high)));
  return std::clamp<Level>(middle, low + 1, high - 1);
}

}  // namespace

Bracket bracket_of(const LevelOutcomes& outcomes) {
  Bracket bracket;
  std::optional<Level> lowest_violated, highest_met;
  for (const auto& [level, outcome] : outcomes) {
    if (outcome == ProbeOutcome::meets) highest_met = level;
    if (outcome == ProbeOutcome::violates && !lowest_violated) lowest_violated = level;
  }
  bracket.disordered = lowest_violated && highest_met && *lowest_violated < *highest_met;
  for (const auto& [level, outcome] : outcomes) {
    const bool above_all_met = !highest_met || level > *highest_met;
    if (outcome == ProbeOutcome::meets && (!lowest_violated || level < *lowest_violated))
      bracket.meets = level;
    if (outcome == ProbeOutcome::violates && above_all_met && !bracket.violates) bracket.violates = level;
    if (outcome == ProbeOutcome::cannot_say && above_all_met && !bracket.violates && !bracket.cannot_say)
      bracket.cannot_say = level;
  }
  return bracket;
}

bool is_finished(const Bracket& bracket, const SearchRange& range) {
  const auto high = bracket.upper_end();
  if (bracket.meets && high) return !between(*bracket.meets, *high, range.precision);
  if (bracket.meets) return *bracket.meets >= range.to;
  return high && *high <= range.from;
}

CapacitySearch::CapacitySearch(const SearchRange& range, std::optional<double> guess)
    : range_(range), guess_(guess), step_(guess ? std::pow(1 + range.precision, 2) : kDoubling) {}

Level CapacitySearch::within_range(double level) const {
  const double bounded = std::clamp(level, static_cast<double>(range_.from), static_cast<double>(range_.to));
  return std::clamp<Level>(std::llround(bounded), range_.from, range_.to);
}

Level CapacitySearch::first_level() const {
  return guess_ ? within_range(*guess_ / (1 + range_.precision)) : range_.from;
}

std::optional<Level> CapacitySearch::next() const {
  if (to_confirm_) return to_confirm_;
  if (outcomes_.empty()) return first_level();
  const auto bracket = bracket_of(outcomes_);
  const auto high = bracket.upper_end();
  if (bracket.meets && high) return between(*bracket.meets, *high, range_.precision);
  if (bracket.meets) {
    const auto higher =
        std::max(within_range(static_cast<double>(*bracket.meets) * step_), *bracket.meets + 1);
    return higher <= range_.to ? std::optional(higher) : std::nullopt;
  }
  if (!high) return std::nullopt;  // what was observed contradicts itself from end to end
  const auto lower = std::min(within_range(static_cast<double>(*high) / step_), *high - 1);
  return lower >= range_.from ? std::optional(lower) : std::nullopt;
}

void CapacitySearch::observe(ProbeOutcome outcome) {
  const auto level = next();
  if (!level) return;
  const auto known = bracket_of(outcomes_);
  const bool ends_the_climb = !guess_ && outcome != ProbeOutcome::meets && !known.upper_end();
  if (ends_the_climb && !to_confirm_) {
    to_confirm_ = level;
    return;
  }
  to_confirm_.reset();
  outcomes_[*level] = outcome;
  // Wrong by more than was expected: it may be wrong by much.
  if (outcomes_.size() > 1) step_ = std::min(step_ * step_, kDoubling);
}

Capacity combine(std::span<const Bracket> searches) {
  Capacity capacity;
  std::vector<Answer> answers;
  for (const auto& search : searches) {
    if (!search.meets && !search.violates) continue;
    answers.push_back(answer_of(search));
    capacity.disordered |= search.disordered;
  }
  capacity.searches = answers.size();
  if (answers.empty()) return capacity;
  set_value(capacity, answers);
  const auto [low, high] = interval_ranks(answers.size(), capacity.confidence);
  capacity.low = sorted(answers, &Answer::low)[low];
  const double end = sorted(answers, &Answer::high)[high];
  if (end < kInfinity) capacity.high = end;
  return capacity;
}

}  // namespace threadmill::results
