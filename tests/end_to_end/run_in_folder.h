#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "results/file/store.h"
#include "tests/support/command.h"
#include "tests/support/schema.h"
#include "tests/support/temporary_folder.h"

namespace threadmill {

inline const std::filesystem::path kHere = std::filesystem::path(THREADMILL_SOURCE_DIR) / "tests/end_to_end";

/// `threadmill run` with results in a folder that goes away with the test.
class RunTest : public ::testing::Test {
 protected:
  std::filesystem::path out() const { return folder_.path() / "run.jsonl"; }

  /// The arguments of a run of a scenario file of ours with subjects of ours, less the self-test and the
  /// report.
  std::vector<std::string> arguments(const std::string& scenario, const std::string& models,
                                     int repeats) const {
    return {"run",           (kHere / scenario).string(),
            "--models",      models,
            "--repeats",     std::to_string(repeats),
            "--out",         out().string(),
            "--seed",        "1",
            "--no-report",   "--no-selftest",
            "--subject-dir", (kHere / "subjects").string()};
  }
  Finished run(const std::string& scenario, const std::string& models, int repeats) const {
    return threadmill_cli(arguments(scenario, models, repeats));
  }
  /// It told which page to open, in the end, and the page is there.
  void expect_page_told(const Finished& finished) const {
    const auto page = folder_.path() / "run/index.html";
    EXPECT_TRUE(finished.out.ends_with(fmt::format("page to open: {}\n", page.string()))) << finished.out;
    EXPECT_TRUE(std::filesystem::exists(page));
  }
  results::ResultFile results() const { return results::read_result_file(out()); }

  TemporaryFolder folder_;
};

}  // namespace threadmill
