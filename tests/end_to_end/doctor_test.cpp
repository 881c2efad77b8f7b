// The verb on this very machine: whatever it is like, the answer has the published form.

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// Where a process may have few descriptors, which is a problem wherever it is.
Finished doctor(const std::string& options) {
  return Command({"/bin/sh", "-c", "ulimit -n 512; exec \"$0\" doctor " + options, built("threadmill")})
      .wait();
}

bool has_problem(const nlohmann::json& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const auto& finding) { return finding["verdict"] == "problem"; });
}

TEST(Doctor, JsonConformsToThePublishedSchema) {
  const auto finished = doctor("--json");
  const auto findings = nlohmann::json::parse(finished.out);
  EXPECT_TRUE(has_problem(findings)) << finished.out;
  EXPECT_EQ(finished.exit_code, 1);

  TemporaryFolder folder;
  const auto file = folder.write("findings.json", finished.out);
  const auto schema = std::string(THREADMILL_SOURCE_DIR) + "/harness/doctor/findings.schema.json";
  const auto valid =
      Command({"/usr/bin/python3", "-c",
               "import json, sys, jsonschema; jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))"
               ".validate(json.load(open(sys.argv[2])))",
               schema, file.string()})
          .wait();
  EXPECT_EQ(valid.exit_code, 0) << valid.err;
}

TEST(Doctor, TextTellsTheProblemAndWhatMendsIt) {
  const auto finished = doctor("");
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.out, AllOf(HasSubstr("mend the problems before you trust a figure"),
                                  HasSubstr("problem  descriptors"),
                                  HasSubstr("mend: sudo prlimit --pid $$ --nofile=65536")));
}

}  // namespace
}  // namespace threadmill
