#include "plots/charts/specifications.h"

#include <gmock/gmock.h>

#include "files.h"
#include "plots/charts/charts.h"

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

void write_specification(const fs::path& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder / name) << text;
}

std::string error_of(const fs::path& folder) {
  try {
    read_specifications(folder);
  } catch (const SpecificationError& error) {
    return error.what();
  }
  return {};
}

TEST(Specifications, StandInTheOrderThatTheyAskForAndThenByName) {
  const TemporaryFolder folder;
  write_specification(folder.path(), "a.vl.json", R"({"data":{"name":"x"}})");
  write_specification(folder.path(), "z.vl.json", R"({"usermeta":{"order":1}})");
  write_specification(folder.path(), "c.vl.json", R"({"usermeta":{"order":2}})");
  write_specification(folder.path(), "b.vl.json", R"({"usermeta":{"order":2}})");
  write_specification(folder.path(), "bars.base.json", "{}");
  std::vector<std::string> names;
  for (const Chart& chart : read_specifications(folder.path())) names.push_back(chart.name);
  EXPECT_THAT(names, ElementsAre("z", "b", "c", "a"));
}

TEST(Specifications, TakeWhatTheyDoNotSayFromTheirBase) {
  const TemporaryFolder folder;
  write_specification(folder.path(), "bars.base.json", R"({"mark":"bar","title":"of the base"})");
  write_specification(
      folder.path(), "a.vl.json",
      R"({"base":"bars.base.json","title":{"text":["one","two"],"subtitle":["how","to read"]}})");
  const std::vector<Chart> charts = read_specifications(folder.path());
  ASSERT_EQ(charts.size(), 1U);
  EXPECT_EQ(charts[0].specification.at("mark"), "bar");
  EXPECT_FALSE(charts[0].specification.contains("base"));
  EXPECT_EQ(charts[0].title(), "one two");
  EXPECT_EQ(charts[0].subtitle(), "how to read");
}

TEST(Specifications, NameTheDataSetsThatTheyDrawTheOneOfThePanelsFirst) {
  const TemporaryFolder folder;
  write_specification(
      folder.path(), "a.vl.json",
      R"({"annotations":0,"data":{"name":"z"},"layer":[{"data":{"name":"a"}},{"data":{"name":"z"}}]})");
  EXPECT_THAT(read_specifications(folder.path()).at(0).sets, ElementsAre("z", "a"));
}

TEST(Specifications, ErrorsNameTheFile) {
  const TemporaryFolder broken, baseless;
  write_specification(broken.path(), "broken.vl.json", "{ not json");
  write_specification(baseless.path(), "a.vl.json", R"({"base":"none.base.json"})");
  EXPECT_THAT(error_of(broken.path()), HasSubstr("broken.vl.json"));
  EXPECT_THAT(error_of(baseless.path()), HasSubstr("none.base.json"));
}

TEST(Theme, SaysWhatIsDifferentInTheDark) {
  const auto theme = read_theme(source_home() / "plots/charts");
  EXPECT_NE(theme.at("light").at("config").at("background"), theme.at("dark").at("config").at("background"));
  EXPECT_TRUE(theme.at("dark").at("colours").contains("#000000"));
}

}  // namespace
}  // namespace threadmill::plots
