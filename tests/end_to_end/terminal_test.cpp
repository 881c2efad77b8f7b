// What `threadmill report` prints to a terminal, and to what is none.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "plots/history/history_report.h"
#include "plots/report/report.h"
#include "plots/text/text.h"
#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"

namespace threadmill {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kSmallFile = THREADMILL_SOURCE_DIR "/tests/plots/data/small.jsonl";

std::vector<std::string> report_words(const TemporaryFolder& folder, const std::string& flag) {
  std::vector<std::string> words{"report", kSmallFile, "--format", "csv", "--out", folder.path().string()};
  if (!flag.empty()) words.push_back(flag);
  return words;
}

/// What the command prints to a terminal of so many columns. `variable` is put into its environment.
std::string printed_to_terminal(unsigned short columns, const std::string& flag,
                                const std::string& variable = "LINES=24") {
  const TemporaryFolder folder;
  auto words = report_words(folder, flag);
  words.insert(words.begin(),
               {"/usr/bin/env", "-u", "NO_COLOR", "TERM=xterm", variable, built("threadmill")});
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  winsize size{};
  size.ws_row = 24;
  size.ws_col = columns;
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  std::string text;
  char buffer[4096];
  // At the end a read fails with EIO.
  for (ssize_t count = 0;
       (count = ::read(terminal, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR);)
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << text;
  std::erase(text, '\r');
  return text;
}

/// The lines of tables, whose names of files below may be of any length.
std::vector<std::string> table_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text.substr(0, text.rfind("\n\n")));
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(ReportInATerminal, IsAsWideAsTheTerminal) {
  for (const unsigned short columns : {std::uint16_t{60}, std::uint16_t{80}, std::uint16_t{120}}) {
    const std::string text = printed_to_terminal(columns, "--no-color");
    EXPECT_THAT(text, HasSubstr("broker wins with"));
    for (const std::string& line : table_lines(text)) EXPECT_LE(plots::width(line), columns) << line;
  }
}

TEST(ReportInATerminal, HasColoursUnlessTheyAreNotWanted) {
  const std::string colour = "\x1b[31m";
  EXPECT_THAT(printed_to_terminal(100, ""), HasSubstr(colour));
  EXPECT_THAT(printed_to_terminal(100, "", "NO_COLOR="), HasSubstr(colour)) << "empty says nothing";
  EXPECT_THAT(printed_to_terminal(100, "", "NO_COLOR=1"), Not(HasSubstr("\x1b")));
  EXPECT_THAT(printed_to_terminal(100, "", "TERM=dumb"), Not(HasSubstr("\x1b")));
  EXPECT_THAT(printed_to_terminal(100, "--no-color"), Not(HasSubstr("\x1b")));
}

TEST(ReportIntoAFile, HasNoColoursAndIsAsWideAsColumnsSays) {
  const TemporaryFolder folder;
  auto words = report_words(folder, "");
  words.insert(words.begin(), {"/usr/bin/env", "COLUMNS=66", built("threadmill")});
  const auto finished = Command(words).wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, Not(HasSubstr("\x1b")));
  for (const std::string& line : table_lines(finished.out)) EXPECT_LE(plots::width(line), 66U) << line;
  words[1] = "COLUMNS=many";
  EXPECT_THAT(Command(words).wait().out, HasSubstr("peak PSS")) << "as wide as where nobody knows";
}

TEST(ReportFormats, AreInTheHelpAndInTheReadmeWithTheirFiles) {
  const auto help = threadmill_cli({"report", "--help"});
  for (const char* word : {"md (report.md)", "tex (history.tex)", "DIR/history", "--no-color"})
    EXPECT_THAT(help.out, HasSubstr(word));
  std::stringstream readme;
  readme << std::ifstream(std::string(THREADMILL_SOURCE_DIR) + "/README.md").rdbuf();
  for (const auto& formats : {plots::report_formats(), plots::history_formats()}) {
    for (const plots::FormatName& format : formats) {
      EXPECT_THAT(help.out, HasSubstr(fmt::format("{} ({})", format.name, format.files)));
      EXPECT_THAT(readme.str(), HasSubstr(fmt::format("`{}`", format.name)));
      EXPECT_THAT(readme.str(), HasSubstr(std::string(format.files)));
    }
  }
}

}  // namespace
}  // namespace threadmill
