#include "plots/text/text.h"

#include <gmock/gmock.h>

#include <limits>

namespace threadmill::plots {
namespace {

TEST(Number, SeparatesThousandsAndKeepsThreeDigits) {
  EXPECT_EQ(number(1'234'567.8), "1,234,568");
  EXPECT_EQ(number(999.6), "1,000");
  EXPECT_EQ(number(100), "100");
  EXPECT_EQ(number(99.96), "100");
  EXPECT_EQ(number(12.34), "12.3");
  EXPECT_EQ(number(1.234), "1.23");
  EXPECT_EQ(number(0.0123), "0.012");
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-1234), "-1,234");
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), no_number);
}

TEST(Whole, HasNoDecimalsWhereThereAreNone) {
  EXPECT_EQ(whole(64), "64");
  EXPECT_EQ(whole(1e6), "1,000,000");
  EXPECT_EQ(whole(0.5), "0.50");
}

TEST(Share, HasTwoSignificantDigits) {
  EXPECT_EQ(share(1), "1.00");
  EXPECT_EQ(share(0.34), "0.34");
  EXPECT_EQ(share(0.0452), "0.045");
  EXPECT_EQ(share(0.0045), "0.0045");
  EXPECT_EQ(share(0), "0.00");
}

TEST(Exact, KeepsEveryDigit) {
  EXPECT_EQ(exact(1693.69), "1,693.69");
  EXPECT_EQ(exact(9), "9");
  EXPECT_EQ(exact(1234567), "1,234,567");
  EXPECT_EQ(exact(-0.5), "-0.5");
}

TEST(Duration, TakesTheUnitThatReadsBest) {
  EXPECT_EQ(duration(850), "850 ns");
  EXPECT_EQ(duration(12'345), "12.3 µs");
  EXPECT_EQ(duration(999'960), "1.00 ms");
  EXPECT_EQ(duration(1.2e9), "1.20 s");
  EXPECT_EQ(duration(45e9), "45.0 s");
}

TEST(Bytes, AreBinary) {
  EXPECT_EQ(bytes(512), "512 B");
  EXPECT_EQ(bytes(1024), "1.00 KiB");
  EXPECT_EQ(bytes(4.5 * 1024 * 1024), "4.50 MiB");
}

TEST(Plain, HasNoControlCharactersAndAnEnd) {
  EXPECT_EQ(plain("a\nb\x1b[31m\x7f"), "a b [31m ");
  EXPECT_EQ(plain("a\u202Eb\u2066c\u0085d"), "a b c d");
  EXPECT_EQ(plain(std::string(100, 'x'), 5), "xxxx…");
  EXPECT_EQ(plain("µµµµµ", 5), "µµµµµ");
  EXPECT_EQ(plain("µµµµµµ", 5), "µµµµ…");
}

TEST(Markdown, ShowsMarkupAsText) {
  EXPECT_EQ(markdown("<script>&|"), "&lt;script&gt;&amp;&#124;");
  EXPECT_EQ(markdown("*a*_b_`c`[d](e)#~$!"), "\\*a\\*\\_b\\_\\`c\\`\\[d\\](e)\\#\\~\\$\\!");
  EXPECT_EQ(markdown("http://x"), "http&#58;//x");
}

TEST(CsvField, QuotesWhatNeedsIt) {
  EXPECT_EQ(csv_field("epoll"), "epoll");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two lines\"");
}

TEST(CsvField, DisarmsFormulas) {
  for (const char* text : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"}) {
    EXPECT_EQ(csv_field(text).substr(0, 2), "\"'") << text;
  }
}

TEST(ShellWord, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(shell_word("--seed=1"), "--seed=1");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("$(rm -r ~)"), "'$(rm -r ~)'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace threadmill::plots
