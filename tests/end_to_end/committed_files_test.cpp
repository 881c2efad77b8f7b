// What is committed for people to read holds together.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "results/file/store.h"
#include "results/trial/explanation.h"
#include "tests/support/schema.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

namespace fs = std::filesystem;

const fs::path kHome = THREADMILL_SOURCE_DIR;

/// Every Markdown file of the tree that people read; what is built, installed, measured or staged for tests
/// is none.
std::vector<fs::path> documents() {
  const std::set<std::string> passed_over = {"build", "node_modules", "runs", "data"};
  std::vector<fs::path> files;
  for (auto entry = fs::recursive_directory_iterator(kHome); entry != fs::recursive_directory_iterator();
       ++entry) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.') || passed_over.contains(name)) entry.disable_recursion_pending();
    if (entry->path().extension() == ".md") files.push_back(entry->path());
  }
  return files;
}

/// What GitHub makes of a heading: "Add a model, please" becomes "add-a-model-please".
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || byte >= 0x80)
      anchor += static_cast<char>(std::tolower(byte));
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

std::set<std::string> anchors_of(const fs::path& document) {
  std::set<std::string> anchors;
  std::istringstream text(contents_of(document));
  for (std::string line; std::getline(text, line);) {
    const auto level = line.find_first_not_of('#');
    if (level != std::string::npos && level > 0 && line[level] == ' ')
      anchors.insert(anchor_of(line.substr(level + 1)));
  }
  return anchors;
}

void expect_leads_somewhere(const fs::path& document, const std::string& file, const std::string& anchor) {
  SCOPED_TRACE(document.string() + " links to " + file + (anchor.empty() ? "" : "#" + anchor));
  const fs::path target = file.empty() ? document : document.parent_path() / file;
  ASSERT_TRUE(fs::exists(target));
  if (!anchor.empty()) {
    EXPECT_TRUE(anchors_of(target).contains(anchor)) << "there is no such heading";
  }
}

TEST(CommittedDocuments, EveryRelativeLinkLeadsSomewhere) {
  const std::regex link(R"(\]\(([^)#:\s]*)(?:#([^)\s]*))?\))");
  int with_anchor = 0;
  const auto all = documents();
  for (const char* name : {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "benchmarks/README.md",
                           "results/reference/quick/report.md"})
    EXPECT_NE(std::find(all.begin(), all.end(), kHome / name), all.end()) << name;
  for (const fs::path& document : all) {
    const std::string content = contents_of(document);
    for (auto found = std::sregex_iterator(content.begin(), content.end(), link);
         found != std::sregex_iterator(); ++found) {
      expect_leads_somewhere(document, (*found)[1], (*found)[2]);
      with_anchor += (*found)[2].length() > 0 ? 1 : 0;
    }
  }
  EXPECT_GE(with_anchor, 3);
}

TEST(CommittedReferenceRun, IsCompleteAndEveryTrialIsGood) {
  const auto run = results::read_result_file(kHome / "results/reference/quick.jsonl");
  EXPECT_TRUE(run.warnings.empty());
  EXPECT_EQ(run.end_outcome, "complete");
  EXPECT_EQ(run.header["environment"]["build_type"], "Release");
  EXPECT_EQ(run.header["tool"]["git_dirty"], false);
  for (const auto& trial : run.trials) {
    SCOPED_TRACE(trial["scenario"].dump() + trial["subject"].dump());
    EXPECT_EQ(trial["outcome"], "ok");
    // A process for each client ends with its client, when no sampler looks any more.
    if (trial["subject"].get<std::string>().starts_with("fork")) continue;
    EXPECT_EQ(results::account_error(trial), std::nullopt) << trial["accounts"];
  }
}

TEST(CommittedResultFiles, ConformToThePublishedSchema) {
  for (const char* name :
       {"results/reference/quick.jsonl", "tests/plots/data/small.jsonl", "tests/plots/data/small.json",
        "tests/plots/data/sweep.json", "tests/plots/data/gate.json", "tests/plots/data/history.json",
        "tests/plots/data/history-sweep.json", "tests/plots/data/two_runs.json",
        "tests/plots/data/study.json"})
    EXPECT_TRUE(conforms_to_schema(kHome / name)) << name;
}

}  // namespace
}  // namespace threadmill
