#include "harness/runs/progress.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace threadmill::harness {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const Slot kSlot{"echo-64", "epoll", 1};

json good() {
  return {{"outcome", "ok"},
          {"failure", nullptr},
          {"load", {{"window", {{"start_ns", 0}, {"end_ns", 500'000'000}}}, {"completed", 100}}}};
}

json bad() {
  return {
      {"outcome", "failed"}, {"failure", {{"stage", "start"}, {"reason", "never ready"}}}, {"load", nullptr}};
}

std::string shown(bool is_terminal, const json& record) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* out = ::open_memstream(&text, &size);
  {
    Progress progress(out, is_terminal, 8);
    progress.trial_starts(kSlot);
    progress.trial_ends(kSlot, record);
    progress.trial_starts(kSlot);
    progress.finish();
  }
  std::fclose(out);
  std::string result(text, size);
  ::free(text);
  return result;
}

TEST(Progress, PlainLinesWhereThereIsNoTerminal) {
  EXPECT_EQ(shown(false, good()), "[1/8] echo-64 epoll repeat 2: 200 requests/s\n");
}

TEST(Progress, OneLineThatChangesOnATerminal) {
  EXPECT_THAT(shown(true, good()), AllOf(HasSubstr("trial 2 of 8"), HasSubstr("left"),
                                         HasSubstr("200 requests/s"), Not(HasSubstr("\n"))));
}

TEST(Progress, FailuresStay) {
  for (const bool is_terminal : {false, true}) {
    EXPECT_THAT(shown(is_terminal, bad()),
                HasSubstr("echo-64 epoll repeat 2: FAILED at start: never ready\n"));
  }
}

TEST(Glimpse, CountsDeliveriesOfAFanOut) {
  auto record = good();
  record["load"]["deliveries"] = 5000;
  EXPECT_EQ(glimpse(record), "10000 deliveries/s");
  EXPECT_EQ(glimpse(bad()), "");
}

}  // namespace
}  // namespace threadmill::harness
