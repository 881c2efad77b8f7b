#include "loadgen/limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace threadmill::load {
namespace {

using ::testing::HasSubstr;

/// A closed loop that keeps its threads busy.
LimitEvidence busy() {
  LimitEvidence evidence;
  evidence.busiest_thread = 0.99;
  evidence.in_flight = 64;
  evidence.service_min_us = 10;
  evidence.service_mean_us = 15;
  return evidence;
}

LimitEvidence idle() {
  LimitEvidence evidence = busy();
  evidence.busiest_thread = 0.3;
  return evidence;
}

LimitEvidence paced() {
  LimitEvidence evidence = idle();
  evidence.paced = true;
  evidence.send_delay_p99_us = 20;
  evidence.response_p99_us = 500;
  return evidence;
}

void expect(const LimitEvidence& evidence, LimitedBy limited_by, const char* reason) {
  const LimitJudgement judgement = judge_limit(evidence);
  EXPECT_EQ(to_text(judgement.limited_by), to_text(limited_by)) << judgement.reason;
  EXPECT_THAT(judgement.reason, HasSubstr(reason));
}

TEST(Limit, OfASchedule) { expect(paced(), LimitedBy::schedule, "sent in time"); }

TEST(Limit, AScheduleThatTheGeneratorMisses) {
  LimitEvidence late = paced();
  late.send_delay_p99_us = 101;
  late.starved = 0.25;
  expect(late, LimitedBy::generator, "more than 101 us");
  expect(late, LimitedBy::generator, "25 %");
  late.response_p99_us = 3000;  // the delay is less than 5 % of it
  expect(late, LimitedBy::schedule, "sent in time");
  late.send_delay_p99_us = 151;
  expect(late, LimitedBy::generator, "151 us");
}

TEST(Limit, AScheduleThatTheServerMisses) {
  LimitEvidence unsent = paced();
  unsent.unsent = 0.01;
  expect(unsent, LimitedBy::schedule, "1.0 %");
  unsent.unsent = 0.02;
  expect(unsent, LimitedBy::server, "2.0 %");
  unsent.unread = 0.9;  // what was answered waited for the generator
  expect(unsent, LimitedBy::generator, "90 %");
  unsent.send_delay_p99_us = 5000;  // then nobody knows what the server could have done
  expect(unsent, LimitedBy::generator, "5000 us");
}

TEST(Limit, OfClientsWhoThinkIsTheServerWhereAnswersQueue) {
  LimitEvidence thinking = paced();
  thinking.open = false;
  thinking.in_flight = 100;
  thinking.service_min_us = 10;
  thinking.service_mean_us = 15;
  expect(thinking, LimitedBy::schedule, "in time");
  thinking.service_mean_us = 500;
  expect(thinking, LimitedBy::server, "50.0 times");
  thinking.open = true;
  expect(thinking, LimitedBy::schedule, "in time");
}

TEST(Limit, OfThreadsThatPollIsNotTheirCpu) {
  LimitEvidence polling = busy();
  polling.polls = true;
  polling.starved = 0;
  polling.unread = 0;
  polling.in_flight = 1;
  expect(polling, LimitedBy::none, "");
  polling.unread = 0.9;
  polling.in_flight = 100;
  expect(polling, LimitedBy::generator, "90 %");
}

TEST(Limit, OfAStarvedGenerator) {
  LimitEvidence starved = busy();
  starved.starved = 0.06;
  starved.server_cpu = 1;
  expect(starved, LimitedBy::generator, "others had the CPU");
}

TEST(Limit, OfAStarvedGeneratorThatIsNotBusyBesideAnIdleServer) {
  LimitEvidence starved = idle();
  starved.server_cpu = 0.3;
  starved.starved = 0.2;
  expect(starved, LimitedBy::generator, "for 20 % of the window");
  starved.server_cpu = 0.95;
  expect(starved, LimitedBy::server, "used 95 %");
}

TEST(Limit, OfABusyGeneratorBesideAnIdleServer) {
  LimitEvidence evidence = busy();
  evidence.server_cpu = 0.5;
  expect(evidence, LimitedBy::generator, "the server for 50 %");
}

TEST(Limit, OfAGeneratorWhereAnswersWaitToBeRead) {
  LimitEvidence evidence = busy();
  evidence.unread = 0.6;
  expect(evidence, LimitedBy::generator, "60 %");
  evidence.server_cpu = 0.95;
  expect(evidence, LimitedBy::generator, "60 %");
}

TEST(Limit, OfAServerThatKeepsABusyGeneratorWaiting) {
  LimitEvidence evidence = busy();
  evidence.unread = 0.1;
  expect(evidence, LimitedBy::server, "90 %");
  evidence.server_cpu = 0.95;
  expect(evidence, LimitedBy::server, "90 %");
}

TEST(Limit, OfABusyServer) {
  LimitEvidence evidence = idle();
  evidence.server_cpu = 0.9;
  expect(evidence, LimitedBy::server, "used 90 %");
}

TEST(Limit, OfAServerWithOneFullThread) {
  LimitEvidence evidence = idle();
  evidence.server_cpu = 0.5;  // of two CPUs
  evidence.server_thread = 0.97;
  expect(evidence, LimitedBy::server, "busiest thread used 97 %");
  evidence = busy();
  evidence.unread = 0.1;
  evidence.server_cpu = 0.5;
  evidence.server_thread = 0.97;
  expect(evidence, LimitedBy::server, "waited for the server");
}

TEST(Limit, OfAServerWhereAnswersQueue) {
  LimitEvidence evidence = idle();
  evidence.service_mean_us = 20;
  expect(evidence, LimitedBy::server, "2.0 times");
  evidence.in_flight = 1;  // then there is no queue: it is slow sometimes
  expect(evidence, LimitedBy::none, "do not queue");
  evidence.in_flight = 64;
  evidence.server_cpu = 0.2;  // who looked knows better
  expect(evidence, LimitedBy::none, "the server for 20 %");
}

TEST(Limit, OfNeither) {
  expect(idle(), LimitedBy::none, "busy for 30 %");
  expect(idle(), LimitedBy::none, "do not queue");
}

}  // namespace
}  // namespace threadmill::load
