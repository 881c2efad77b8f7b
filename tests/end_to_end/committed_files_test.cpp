// What is committed for people to read holds together.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "results/file/store.h"
#include "tests/end_to_end/command.h"

namespace threadmill {
namespace {

namespace fs = std::filesystem;

const fs::path kHome = THREADMILL_SOURCE_DIR;

TEST(CommittedDocuments, EveryRelativeLinkLeadsSomewhere) {
  const std::regex link(R"(\]\(([^)#:]+)\))");
  for (const char* name :
       {"README.md", "CONTRIBUTING.md", "docs/SOURCES.md", "results/reference/quick/report.md"}) {
    const fs::path document = kHome / name;
    std::stringstream text;
    text << std::ifstream(document).rdbuf();
    const std::string content = text.str();
    ASSERT_FALSE(content.empty()) << document;
    for (auto found = std::sregex_iterator(content.begin(), content.end(), link);
         found != std::sregex_iterator(); ++found) {
      EXPECT_TRUE(fs::exists(document.parent_path() / (*found)[1].str()))
          << name << " links to " << (*found)[1];
    }
  }
}

TEST(CommittedReferenceRun, IsCompleteAndEveryTrialIsGood) {
  const auto run = results::read_result_file(kHome / "results/reference/quick.jsonl");
  EXPECT_TRUE(run.warnings.empty());
  EXPECT_EQ(run.end_outcome, "complete");
  EXPECT_EQ(run.header["environment"]["build_type"], "Release");
  EXPECT_EQ(run.header["tool"]["git_dirty"], false);
  for (const auto& trial : run.trials)
    EXPECT_EQ(trial["outcome"], "ok") << trial["scenario"] << trial["subject"];
}

TEST(CommittedResultFiles, ConformToThePublishedSchema) {
  const auto checked = Command({"/usr/bin/python3", (kHome / "results/schema/validate.py").string(),
                                (kHome / "results/reference/quick.jsonl").string(),
                                (kHome / "tests/plots/data/small.jsonl").string(),
                                (kHome / "tests/plots/data/small.json").string(),
                                (kHome / "tests/plots/data/sweep.json").string()})
                           .wait();
  EXPECT_EQ(checked.exit_code, 0) << checked.out << checked.err;
}

}  // namespace
}  // namespace threadmill
