#include "json/file.h"

#include <gmock/gmock.h>

#include "json/error.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown.h"

namespace threadmill::json {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(JsonFile, IsParsed) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_file(folder.write("good.json", R"({"a": [1, 2]})")), nlohmann::json({{"a", {1, 2}}}));
}

TEST(JsonFile, ThatCannotBeReadIsNamedWithTheRemedy) {
  const TemporaryFolder folder;
  for (const auto& path : {folder.path() / "none.json", folder.path()}) {
    EXPECT_EQ(thrown_by<JsonError>([&] { read_file(path); }),
              path.string() + ": cannot be read; give the path of a JSON file");
  }
}

TEST(JsonFile, ThatIsNoJsonIsNamedWithThePlace) {
  const TemporaryFolder folder;
  for (const std::string text : {"", "{", "{} {}", "{\"a\": \"\xff\"}"}) {
    const auto file = folder.write("bad.json", text);
    EXPECT_THAT(
        thrown_by<JsonError>([&] { read_file(file); }),
        AllOf(StartsWith(file.string() + ": not valid JSON: parse error at line 1"), Not(HasSubstr("\n"))))
        << text;
  }
}

TEST(JsonText, ErrorsStartWithWhatTheTextIsAndLackTheLibrarysTag) {
  EXPECT_EQ(parse("[1]", "load plan"), nlohmann::json({1}));
  EXPECT_THAT(thrown_by<JsonError>([] { parse("{ \"a\": }", "load plan"); }),
              StartsWith("load plan: not valid JSON: parse error at line 1, column 8"));
  EXPECT_THAT(thrown_by<JsonError>([] { parse("1e999", "load plan"); }),
              AllOf(StartsWith("load plan: not valid JSON: "), HasSubstr("1e999")));
}

}  // namespace
}  // namespace threadmill::json
