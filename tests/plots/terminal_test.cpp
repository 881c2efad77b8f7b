// The tables of a terminal: how wide they are, their bars and their colours.

#include "plots/report/terminal.h"

#include <gmock/gmock.h>

#include <regex>

#include "files.h"
#include "golden.h"
#include "plots/text/bar.h"
#include "plots/text/text.h"
#include "results/comparison/comparison.h"
#include "tests/results/sweep_records.h"

namespace threadmill::plots {
namespace {

using testing::HasSubstr;
using testing::Not;

results::Comparison shown_run() {
  return results::compare({results::read_result_file(data_folder / "small.jsonl")});
}

/// Two answers of a sweep, one of them a capacity that was measured.
results::Comparison shown_sweep() {
  return results::compare({results::fake_sweep(
      {{.subject = "epoll", .highest_per_s = 40'000}, {.subject = "fork", .highest_per_s = 900}}, 2)});
}

std::string without_colours(const std::string& text) {
  return std::regex_replace(text, std::regex("\x1b\\[[0-9]+m"), "");
}

void expect_lines_within(const std::string& text, std::size_t columns) {
  for (const std::string& line : lines_of(text)) EXPECT_LE(width(line), columns) << line;
}

TEST(TerminalWidth, OfEightyColumnsIsTheCommittedOne) {
  expect_golden("small-80.txt", terminal_text(shown_run(), {80, false}));
}

TEST(TerminalWidth, OfSixtyColumnsIsTheCommittedOne) {
  expect_golden("small-60.txt", terminal_text(shown_run(), {60, false}));
}

TEST(TerminalWidth, IsKeptWhateverItIs) {
  const auto run = shown_run(), sweep = shown_sweep();
  for (std::size_t columns = 44; columns <= 200; ++columns) {
    expect_lines_within(terminal_text(run, {columns, false}), columns);
    expect_lines_within(terminal_text(sweep, {columns, false}), columns);
  }
}

TEST(TerminalWidth, BelowTheFewestColumnsTheTableIsAsWideAsThose) {
  EXPECT_EQ(terminal_text(shown_run(), {1, false}), terminal_text(shown_run(), {44, false}));
}

TEST(TerminalWidth, FiguresAndVerdictsAreTheLastToGo) {
  const std::string narrow = terminal_text(shown_run(), {44, false});
  EXPECT_THAT(narrow, HasSubstr("31,050"));
  EXPECT_THAT(narrow, HasSubstr("invalid"));
  EXPECT_THAT(narrow, Not(HasSubstr("p50")));
}

TEST(TerminalWidth, AWideOneHasEveryColumn) {
  const std::string wide = terminal_text(shown_run(), {160, false});
  for (const char* column : {"noise", "p99.9", "peak PSS", "trials", "verdict", "CPU", "of ceiling"})
    EXPECT_THAT(wide, HasSubstr(column));
}

TEST(TerminalWidth, TablesOfHostileNamesFit) {
  const TemporaryFolder folder;
  const auto file = small_file_with(folder.path(), "broker", "\x1b[31m\n\u202E" + std::string(300, 'y'));
  const auto comparison = results::compare({results::read_result_file(file)});
  for (const std::size_t columns : {44U, 60U, 80U, 110U, 140U}) {
    const std::string text = terminal_text(comparison, {columns, false});
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    for (const std::string& line : lines_of(text)) {
      if (line.find("█") != std::string::npos) {
        EXPECT_LE(width(line), columns) << line;
      }
    }
  }
}

TEST(Bar, HasStepsOfAnEighth) {
  EXPECT_EQ(bar(1, 4), "████");
  EXPECT_EQ(bar(0.5, 4), "██  ");
  EXPECT_EQ(bar(0.53125, 4), "██▏ ");
  EXPECT_EQ(bar(0.96875, 4), "███▉");
  EXPECT_EQ(bar(1e-9, 4), "▏   ") << "whatever is above 0 can be seen";
  EXPECT_EQ(bar(0, 4), "    ");
  EXPECT_EQ(bar(-1, 4), "    ");
  EXPECT_EQ(bar(7, 4), "████");
  EXPECT_EQ(bar(1, 0), "");
}

TEST(Bar, TheLargestOfAColumnFillsIt) {
  Table table;
  table.header = {"server", "requests/s", "verdict"};
  table.rows = {{"a", "10", "x"}, {"b", "20", "y"}, {"c", "99", "invalid"}};
  insert_bars(table, 2, {10, 20, 0}, 4);
  EXPECT_EQ(table.rows[0][2], "██  ");
  EXPECT_EQ(table.rows[1][2], "████");
  EXPECT_EQ(table.rows[2][2], "    ");
  EXPECT_EQ(table.rows[2][3], "invalid");
}

TEST(TerminalBars, InvalidFiguresHaveNone) {
  int invalid = 0, valid = 0;
  for (const std::string& line : lines_of(terminal_text(shown_run()))) {
    if (line.find("31,050") != std::string::npos) {
      ++invalid;
      EXPECT_THAT(line, Not(HasSubstr("█")));
    }
    if (line.find("96,059") != std::string::npos && line.find("ceiling") != std::string::npos) {
      ++valid;
      EXPECT_THAT(line, HasSubstr("█"));
    }
  }
  EXPECT_EQ(invalid, 1);
  EXPECT_EQ(valid, 1);
}

TEST(TerminalColours, AreOnlyAdded) {
  const std::string plain_text = terminal_text(shown_run(), {90, false});
  const std::string with_colours = terminal_text(shown_run(), {90, true});
  EXPECT_THAT(plain_text, Not(HasSubstr("\x1b")));
  EXPECT_NE(with_colours, plain_text);
  EXPECT_EQ(without_colours(with_colours), plain_text);
}

TEST(TerminalColours, ShowInvalidRowsVerdictsAndWinners) {
  const std::string text = terminal_text(shown_run(), {110, true});
  EXPECT_THAT(text, HasSubstr("\x1b[31mfork\x1b[39m"));
  EXPECT_THAT(text, HasSubstr("\x1b[31minvalid\x1b[39m"));
  EXPECT_THAT(text, HasSubstr("\x1b[33mgenerator\x1b[39m"));
  EXPECT_THAT(text, HasSubstr("\x1b[32mserver\x1b[39m"));
  EXPECT_THAT(text, HasSubstr("\x1b[32m  broker wins with"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b[31mepoll")));
}

TEST(TerminalColours, EndWithTheirLine) {
  for (const std::string& line : lines_of(terminal_text(shown_run(), {50, true}))) {
    const std::size_t last = line.rfind('\x1b');
    if (last != std::string::npos) {
      EXPECT_EQ(line.substr(last, 5), "\x1b[39m") << line;
    }
  }
}

}  // namespace
}  // namespace threadmill::plots
