// The verb on this very machine: whatever it is like, the answer has the published form.

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/end_to_end/command.h"
#include "tests/harness/temporary_folder.h"

namespace threadmill {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Tests run in a build without optimisation, which is a problem wherever it is.
bool has_problem(const nlohmann::json& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const auto& finding) { return finding["verdict"] == "problem"; });
}

TEST(Doctor, JsonConformsToThePublishedSchema) {
  const auto finished = threadmill_cli({"doctor", "--json"});
  const auto findings = nlohmann::json::parse(finished.out);
  EXPECT_TRUE(has_problem(findings)) << finished.out;
  EXPECT_EQ(finished.exit_code, 1);

  harness::TemporaryFolder folder;
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
  const auto finished = threadmill_cli({"doctor"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.out,
              AllOf(HasSubstr("mend the problems before you trust a figure"), HasSubstr("problem  build"),
                    HasSubstr("mend: env -u THREADMILL_PRESET ./threadmill run quick")));
}

}  // namespace
}  // namespace threadmill
