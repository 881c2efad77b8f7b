#include "loadgen/pacer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace threadmill::load {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Thought = Pacer::Thought;

constexpr std::int64_t kNever = INT64_MAX;
constexpr std::int64_t kMsNs = 1'000'000;
constexpr std::int64_t kStartNs = 5'000 * kMsNs;

/// 1000 a second from kStartNs on: one a millisecond.
Pacer open_loop(std::size_t thread = 0, std::size_t threads = 1, const char* rate = "1000") {
  return {{.process = ArrivalProcess::constant, .rate = Rate::parse(rate)}, 1, thread, threads};
}

ArrivalLoad closed_loop(std::int64_t think_ns) {
  ArrivalLoad load;
  load.think_ns = think_ns;
  return load;
}

Pacer thinking() { return {closed_loop(100), 1, 0, 1}; }

Phase until(std::int64_t deadline_ns, std::int64_t start_ns = kStartNs) {
  return {.start_ns = start_ns, .deadline_ns = deadline_ns};
}

std::vector<std::int64_t> unsent(Pacer& pacer) {
  std::vector<std::int64_t> due;
  pacer.end([&](std::int64_t due_ns) { due.push_back(due_ns); });
  return due;
}

std::vector<std::int64_t> take_arrivals(Pacer& pacer, std::int64_t now_ns) {
  std::vector<std::int64_t> taken;
  while (const auto due = pacer.arrival(now_ns)) {
    taken.push_back(*due);
    pacer.pop_arrival();
  }
  return taken;
}

TEST(Pacer, HasNothingDueOutsideAPhase) {
  Pacer pacer = open_loop();
  EXPECT_EQ(pacer.next_due_ns(true), kNever);
  EXPECT_EQ(pacer.arrival(kNever - 1), std::nullopt);
  EXPECT_THAT(unsent(pacer), IsEmpty());
  pacer.begin(until(kStartNs + kMsNs));
  pacer.stop();
  EXPECT_EQ(pacer.next_due_ns(true), kNever);
  EXPECT_EQ(pacer.arrival(kStartNs), std::nullopt);
}

TEST(Pacer, WithoutPaceWaitsForTheDeadline) {
  Pacer pacer(closed_loop(0), 1, 0, 1);
  EXPECT_FALSE(pacer.paced());
  pacer.begin(until(kStartNs + 7));
  EXPECT_EQ(pacer.next_due_ns(true), kStartNs + 7);
  EXPECT_EQ(pacer.arrival(kStartNs + 6), std::nullopt);
  EXPECT_THAT(unsent(pacer), IsEmpty());
}

TEST(Pacer, AnArrivalIsDueToTheNanosecond) {
  Pacer pacer = open_loop();
  pacer.begin(until(kStartNs + 10 * kMsNs));
  EXPECT_THAT(take_arrivals(pacer, kStartNs), ElementsAre(kStartNs));
  EXPECT_EQ(pacer.next_due_ns(true), kStartNs + kMsNs);
  EXPECT_THAT(take_arrivals(pacer, kStartNs + kMsNs - 1), IsEmpty());
  EXPECT_EQ(pacer.arrival(kStartNs + kMsNs), kStartNs + kMsNs);
  EXPECT_EQ(pacer.arrival(kStartNs + kMsNs), kStartNs + kMsNs) << "it stays until it is taken";
  EXPECT_THAT(take_arrivals(pacer, kStartNs + 3 * kMsNs),
              ElementsAre(kStartNs + kMsNs, kStartNs + 2 * kMsNs, kStartNs + 3 * kMsNs))
      << "a late look moves nothing";
}

TEST(Pacer, WithoutAPlaceForAnArrivalOnlyTheDeadlineCounts) {
  Pacer pacer = open_loop();
  pacer.begin(until(kStartNs + 10 * kMsNs));
  EXPECT_EQ(pacer.next_due_ns(true), kStartNs);
  EXPECT_EQ(pacer.next_due_ns(false), kStartNs + 10 * kMsNs);
}

TEST(Pacer, WhatWasDueBeforeTheDeadlineAndNotTakenIsUnsent) {
  Pacer pacer = open_loop();
  pacer.begin(until(kStartNs + 3 * kMsNs));
  pacer.pop_arrival();
  EXPECT_THAT(unsent(pacer), ElementsAre(kStartNs + kMsNs, kStartNs + 2 * kMsNs));
  EXPECT_THAT(unsent(pacer), IsEmpty()) << "once";
}

TEST(Pacer, NothingIsSentThatIsDueAtTheDeadline) {
  Pacer pacer = open_loop();
  pacer.begin(until(kStartNs + 2 * kMsNs));
  EXPECT_THAT(take_arrivals(pacer, kStartNs + 60 * kMsNs), ElementsAre(kStartNs, kStartNs + kMsNs));
  EXPECT_THAT(unsent(pacer), IsEmpty());
}

TEST(Pacer, ThreadsShareTheRate) {
  Pacer first = open_loop(0, 2);
  Pacer second = open_loop(1, 2);
  for (Pacer* pacer : {&first, &second}) pacer->begin(until(kStartNs + 4 * kMsNs));
  EXPECT_THAT(unsent(first), ElementsAre(kStartNs, kStartNs + 2 * kMsNs));
  EXPECT_THAT(unsent(second), ElementsAre(kStartNs + kMsNs, kStartNs + 3 * kMsNs));
}

TEST(Pacer, ARateThatGrowsGrowsFromTheEndOfTheWarmup) {
  Pacer pacer = open_loop(0, 1, "1000:3000/1s");
  pacer.begin({.start_ns = kStartNs, .deadline_ns = kStartNs + 1000 * kMsNs, .warmup = true});
  EXPECT_EQ(unsent(pacer).size(), 1000U);
  pacer.begin(until(kStartNs + 2000 * kMsNs, kStartNs + 1000 * kMsNs));
  EXPECT_EQ(unsent(pacer).size(), 2000U);
}

TEST(Pacer, EachPhaseHasOtherPoissonArrivals) {
  Pacer pacer({.process = ArrivalProcess::poisson, .rate = Rate(1000)}, 1, 0, 1);
  pacer.begin(until(kStartNs + 100 * kMsNs));
  const auto first = unsent(pacer);
  pacer.begin(until(kStartNs + 100 * kMsNs));
  EXPECT_NE(unsent(pacer), first);
}

TEST(Pacer, WhoThinksIsDueAfterIt) {
  Pacer pacer = thinking();
  pacer.think(9, 0, kStartNs);  // before the phase: ignored
  pacer.begin(until(kStartNs + kMsNs));
  EXPECT_EQ(pacer.next_due_ns(true), kStartNs + kMsNs);
  pacer.think(4, 1, kStartNs + 50);
  pacer.think(3, 2, kStartNs);
  EXPECT_EQ(pacer.next_due_ns(true), kStartNs + 100);
  EXPECT_EQ(pacer.pop_thought(kStartNs + 99), std::nullopt);
  EXPECT_EQ(pacer.pop_thought(kStartNs + 500), (Thought{kStartNs + 100, 3, 2})) << "the first one first";
  EXPECT_EQ(pacer.pop_thought(kStartNs + 500), (Thought{kStartNs + 150, 4, 1}));
  EXPECT_EQ(pacer.pop_thought(kStartNs + 500), std::nullopt);
}

TEST(Pacer, WhoStillThinksAtTheDeadlineSendsNothing) {
  Pacer pacer = thinking();
  pacer.begin(until(kStartNs + 100));
  pacer.think(0, 0, kStartNs);
  EXPECT_EQ(pacer.pop_thought(kStartNs + 100), std::nullopt);
  EXPECT_THAT(unsent(pacer), IsEmpty()) << "only a schedule makes requests that nobody sends";
  pacer.begin(until(kStartNs + kMsNs, kStartNs + 100));
  EXPECT_EQ(pacer.next_due_ns(true), kStartNs + kMsNs) << "the next phase begins without thinkers";
}

}  // namespace
}  // namespace threadmill::load
