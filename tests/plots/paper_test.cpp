// Tables for a paper: LaTeX.

#include <gmock/gmock.h>

#include <algorithm>

#include "files.h"
#include "golden.h"
#include "plots/paper/latex.h"
#include "plots/paper/paper_tables.h"
#include "results/comparison/comparison.h"
#include "tests/results/sweep_records.h"

namespace threadmill::plots {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string tables_of(const std::filesystem::path& path) {
  return paper_tables(results::compare({results::read_result_file(path)}));
}

/// Occurrences that no backslash makes harmless.
std::size_t count_bare(const std::string& text, char sign) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == sign) {
      ++count;
    }
  }
  return count;
}

TEST(Latex, SetsEverySpecialCharacterLiterally) {
  EXPECT_EQ(latex("50 % & $x_1$ #2 {a} ~^\\"),
            "50 \\% \\& \\$x\\_1\\$ \\#2 \\{a\\} \\textasciitilde{}\\textasciicircum{}\\textbackslash{}");
  EXPECT_EQ(latex("<a|b>"), "\\textless{}a\\textbar{}b\\textgreater{}");
  EXPECT_EQ(latex("'`\""), "\\textquotesingle{}\\textasciigrave{}\\symbol{34}");
  EXPECT_EQ(latex("two\nlines\x1b"), "two lines ");
  EXPECT_EQ(latex("≤ ≥ 5 µs ±1 2× –…"), "$\\leq$ $\\geq$ 5 \\textmu{}s $\\pm$1 2$\\times$ --\\ldots{}");
}

TEST(Latex, KeepsSignsFromMeltingIntoOthers) {
  EXPECT_EQ(latex("a--b---c,,d"), "a-{}-b-{}-{}-c,{},d");
  EXPECT_EQ(latex("[a] *"), "{[}a{]} {*}") << "after the end of a row both would be its arguments";
}

TEST(Latex, GivesTheCodePointOfWhatItHasNoCommandFor) {
  EXPECT_EQ(latex("中é😀"), "U+4E2DU+00E9U+1F600");
  EXPECT_EQ(latex("\xFF\x80"), "U+FFFD");
}

TEST(LatexLabel, HasLettersDigitsAndDashes) {
  EXPECT_EQ(latex_label("Light load: 100 x 10"), "light-load-100-x-10");
  EXPECT_EQ(latex_label("}{\\"), "unnamed");
}

TEST(PaperTables, AreTheCommittedOnes) { expect_golden("small.tex", tables_of(data_folder / "small.jsonl")); }

TEST(PaperTables, OfASweepAreTheCommittedOnes) {
  expect_golden(
      "sweep.tex",
      paper_tables(results::compare({results::fake_sweep(
          {{.subject = "epoll", .highest_per_s = 40'000}, {.subject = "fork", .highest_per_s = 900}}, 2)})));
}

TEST(PaperTables, NoNameLeavesItsCell) {
  const TemporaryFolder folder;
  const std::string name = "\\end{tabular}}\\input{/etc/passwd}%&$#_^~\n[*" + std::string(300, 'y');
  const std::string text = tables_of(small_file_with(folder.path(), "broker", name));
  EXPECT_THAT(text, Not(HasSubstr("\\input")));
  EXPECT_EQ(count_bare(text, '{'), count_bare(text, '}'));
  const std::string usual = tables_of(data_folder / "small.jsonl");
  for (const char sign : {'&', '#', '^', '~', '_'})
    EXPECT_EQ(count_bare(text, sign), count_bare(usual, sign)) << sign;
  EXPECT_EQ(lines_of(text).size(), lines_of(usual).size());
}

TEST(PaperTables, NoNameLeavesItsComment) {
  const TemporaryFolder folder;
  const auto odd = folder.path() / "a\n\\input{b}.jsonl";
  std::filesystem::copy_file(data_folder / "small.jsonl", odd);
  for (const std::string& line : lines_of(tables_of(odd))) {
    if (line.find("\\input") != std::string::npos) {
      EXPECT_EQ(line.front(), '%');
    }
  }
}

TEST(PaperTables, EachLabelIsThereOnce) {
  const TemporaryFolder folder;
  auto comparison = results::compare({results::read_result_file(data_folder / "small.jsonl")});
  comparison.scenarios.push_back(comparison.scenarios.front());
  const std::string text = paper_tables(comparison);
  EXPECT_THAT(text, HasSubstr("\\label{tab:threadmill-light-100x10}\n"));
  EXPECT_THAT(text, HasSubstr("\\label{tab:threadmill-light-100x10-2}\n"));
}

}  // namespace
}  // namespace threadmill::plots
