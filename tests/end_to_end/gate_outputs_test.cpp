// What `threadmill gate` leaves where a user asks for it, and what people are told to copy.

#include <gmock/gmock.h>

#include <fstream>
#include <regex>

#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"

namespace threadmill {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path kSourceTree = THREADMILL_SOURCE_DIR;
const std::string kSmall = (kSourceTree / "tests/plots/data/small.jsonl").string();

/// Of two files, so that nothing is measured.
Finished gate_of_files(const std::vector<std::string>& more) {
  const TemporaryFolder folder;
  const fs::path candidate = folder.path() / "candidate.jsonl";
  fs::copy_file(kSmall, candidate);
  std::vector<std::string> words = {"gate",     "--baseline", kSmall, "--candidate", candidate.string(),
                                    "--models", "epoll"};
  words.insert(words.end(), more.begin(), more.end());
  return threadmill_cli(words);
}

TEST(GateOutputOptions, WriteTheFilesAndPrintTheJudgementLast) {
  const TemporaryFolder folder;
  const fs::path junit = folder.path() / "new/gate.xml", markdown = folder.path() / "gate.md",
                 benchmark = folder.path() / "gate.json";
  const auto finished = gate_of_files(
      {"--junit", junit.string(), "--markdown", markdown.string(), "--benchmark-json", benchmark.string()});
  EXPECT_THAT(contents_of(junit), HasSubstr("<testsuites name=\"threadmill gate\""));
  EXPECT_THAT(contents_of(markdown), HasSubstr("Threadmill gate: "));
  EXPECT_THAT(contents_of(benchmark), HasSubstr("\"benchmarks\""));
  EXPECT_TRUE(
      std::regex_search(finished.out, std::regex("\n(passed|regression|inconclusive|invalid): [^\n]+\\.\n$")))
      << finished.out << finished.err;
}

TEST(GateOutputOptions, AFileThatCannotBeWrittenIsRefusedBeforeAnythingIsMeasured) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "file") << "";
  const std::pair<std::string, const char*> cases[] = {
      {folder.path().string(), "is a folder"},
      {(folder.path() / "file/gate.xml").string(), "is no folder"},
      {"", "give the name of a file"},
  };
  for (const char* option : {"--junit", "--markdown", "--benchmark-json"}) {
    for (const auto& [file, complaint] : cases) {
      const auto finished = threadmill_cli({"gate", "--baseline", kSmall, option, file});
      EXPECT_EQ(finished.exit_code, 2) << option << file;
      EXPECT_THAT(finished.err, AllOf(HasSubstr(option), HasSubstr(complaint)));
    }
  }
}

/// The options of each call of `threadmill gate` in the text, which may go on over lines that end in \.
std::vector<std::string> gate_options_in(const std::string& text) {
  const std::regex call(R"(threadmill gate ((?:[^\n\\]|\\\n|\\)*))"), option(R"(--[a-z][a-z-]*)");
  std::vector<std::string> options;
  for (std::sregex_iterator found(text.begin(), text.end(), call), end; found != end; ++found) {
    const std::string words = (*found)[1].str();
    for (std::sregex_iterator word(words.begin(), words.end(), option); word != end; ++word)
      options.push_back(word->str());
  }
  return options;
}

TEST(CommittedRecipes, UseOptionsThatGateHas) {
  const std::string help = threadmill_cli({"gate", "--help"}).out;
  for (const char* name : {"README.md", "docs/ci/threadmill-gate.yml"}) {
    const auto options = gate_options_in(contents_of(kSourceTree / name));
    EXPECT_GE(options.size(), 4U) << name;
    for (const auto& option : options) EXPECT_THAT(help, ::testing::ContainsRegex(option + "[ ,]")) << name;
  }
}

}  // namespace
}  // namespace threadmill
