#include "json/strict_object.h"

#include <gmock/gmock.h>

#include "json/error.h"
#include "tests/support/thrown.h"

namespace threadmill::json {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string_view> kKeys = {"key", "other"};

/// What `read` has against {"key": VALUE} of "x.json".
template <typename Read>
std::string error_of(const char* value, Read read) {
  const nlohmann::json json = {{"key", nlohmann::json::parse(value)}};
  return thrown_by<JsonError>([&] { read(StrictObject(json, "x.json", kKeys)); });
}

/// What `read` has against {} of "x.json".
template <typename Read>
std::string error_when_missing(Read read) {
  const auto json = nlohmann::json::object();
  return thrown_by<JsonError>([&] { read(StrictObject(json, "x.json", kKeys)); });
}

TEST(StrictObject, UnknownKeyIsNamedWithWhatWasMeantAndWhatIsAllowed) {
  const auto error_of_key = [](const char* key) {
    const nlohmann::json json = {{"key", 1}, {key, 1}};
    return thrown_by<JsonError>([&] { StrictObject(json, "x.json", kKeys); });
  };
  EXPECT_EQ(error_of_key("othr"),
            "x.json: unknown key \"othr\"; did you mean \"other\"? allowed here: \"key\", \"other\"");
  EXPECT_EQ(error_of_key("banana"), "x.json: unknown key \"banana\"; allowed here: \"key\", \"other\"");
}

TEST(StrictObject, DocumentMustBeAnObject) {
  for (const auto& json : {nlohmann::json::array({1}), nlohmann::json("text"), nlohmann::json()}) {
    EXPECT_EQ(thrown_by<JsonError>([&] { StrictObject(json, "x.json", kKeys); }),
              "x.json: must be a JSON object");
  }
}

TEST(StrictObject, ValuesAreRead) {
  const auto json = nlohmann::json::parse(
      R"({"n": 7, "most": 18446744073709551615, "x": 1.5, "c": "b", "t": "", "f": "full", "ts": ["a", ""],
          "is": [-1, 2]})");
  const StrictObject object(json, "x.json", {"n", "most", "x", "c", "t", "f", "ts", "is", "absent"});
  EXPECT_EQ(object.integer("n", 7, 7), 7U);
  EXPECT_EQ(object.integer("most", 0, UINT64_MAX), UINT64_MAX);
  EXPECT_EQ(object.integer32("n", 0, 9), 7U);
  EXPECT_EQ(object.number("x", 1.5, 1.5), 1.5);
  EXPECT_EQ(object.number("n", 0, 9), 7);
  EXPECT_EQ(object.choice("c", {"a", "b"}), 1U);
  EXPECT_EQ(object.text("t"), "");
  EXPECT_EQ(object.nonempty_text("f"), "full");
  EXPECT_THAT(object.texts("ts"), ElementsAre("a", ""));
  EXPECT_THAT(object.integers("is", -1, 2), ElementsAre(-1, 2));
  EXPECT_EQ(object.at("x"), nlohmann::json(1.5));
  EXPECT_TRUE(object.has("n"));
  EXPECT_FALSE(object.has("absent"));
}

TEST(StrictObject, FallbackIsForAbsentKeysOnly) {
  const auto json = nlohmann::json::parse(R"({"key": null})");
  const StrictObject object(json, "x.json", kKeys);
  EXPECT_EQ(object.integer("other", 1, 9, 5), 5U);
  EXPECT_EQ(object.integer32("other", 1, 9, 5), 5U);
  EXPECT_EQ(object.number("other", 1, 9, 5), 5);
  EXPECT_EQ(object.choice("other", {"a", "b"}, 1), 1U);
  EXPECT_THAT(object.integers("other", 0, 9), IsEmpty());
  EXPECT_NE(thrown_by<JsonError>([&] { object.integer("key", 1, 9, 5); }), "no error");
  EXPECT_NE(thrown_by<JsonError>([&] { object.number("key", 1, 9, 5); }), "no error");
  EXPECT_NE(thrown_by<JsonError>([&] { object.choice("key", {"a", "b"}, 1); }), "no error");
}

TEST(StrictObject, IntegerOutOfItsRangeOrOfAnotherTypeIsRefused) {
  const auto read = [](const StrictObject& object) { object.integer("key", 1, 9); };
  for (const char* value : {"0", "10", "-1", "18446744073709551615", "1.0", "\"1\"", "true", "null", "[1]"}) {
    EXPECT_EQ(error_of(value, read),
              std::string("x.json: \"key\" must be an integer from 1 to 9, not ") + value);
  }
  EXPECT_EQ(error_when_missing(read), "x.json: \"key\" is missing; it must be an integer from 1 to 9");
}

TEST(StrictObject, NumberOutOfItsRangeOrOfAnotherTypeIsRefused) {
  const auto read = [](const StrictObject& object) { object.number("key", 0.5, 9); };
  for (const char* value : {"0.25", "9.5", "-1", "\"1\"", "null"}) {
    EXPECT_EQ(error_of(value, read),
              std::string("x.json: \"key\" must be a number from 0.5 to 9, not ") + value);
  }
  EXPECT_EQ(error_when_missing(read), "x.json: \"key\" is missing; it must be a number from 0.5 to 9");
}

TEST(StrictObject, ChoiceOutsideTheListIsRefused) {
  const auto read = [](const StrictObject& object) { object.choice("key", {"a", "b"}); };
  EXPECT_EQ(error_of("\"c\"", read), "x.json: \"key\" must be one of \"a\", \"b\", not \"c\"");
  EXPECT_EQ(error_of("1", read), "x.json: \"key\" must be one of \"a\", \"b\", not 1");
  EXPECT_EQ(error_when_missing(read), "x.json: \"key\" is missing; it must be one of \"a\", \"b\"");
}

TEST(StrictObject, TextsOfAnotherTypeAreRefused) {
  const auto text = [](const StrictObject& object) { object.text("key"); };
  EXPECT_EQ(error_of("1", text), "x.json: \"key\" must be a string, not 1");
  EXPECT_EQ(error_when_missing(text), "x.json: \"key\" is missing; it must be a string");
  const auto nonempty = [](const StrictObject& object) { object.nonempty_text("key"); };
  for (const char* value : {"\"\"", "1", "null"}) {
    EXPECT_EQ(error_of(value, nonempty),
              std::string("x.json: \"key\" must be a string that is not empty, not ") + value);
  }
  const auto texts = [](const StrictObject& object) { object.texts("key"); };
  for (const char* value : {"[]", "\"a\"", "[\"a\",1]"}) {
    EXPECT_EQ(error_of(value, texts),
              std::string("x.json: \"key\" must be a list of at least one string, not ") + value);
  }
  EXPECT_EQ(error_when_missing(texts),
            "x.json: \"key\" is missing; it must be a list of at least one string");
}

TEST(StrictObject, BooleanIsTrueOrFalse) {
  const nlohmann::json json = {{"key", true}};
  const StrictObject object(json, "x.json", kKeys);
  EXPECT_TRUE(object.boolean("key", false));
  EXPECT_TRUE(object.boolean("other", true));
  EXPECT_FALSE(object.boolean("other", false));
  for (const char* value : {"1", "\"true\"", "null"}) {
    EXPECT_EQ(error_of(value, [](const StrictObject& it) { it.boolean("key", true); }),
              std::string("x.json: \"key\" must be true or false, not ") + value);
  }
}

TEST(StrictObject, NumberOrTextIsAsItWasWritten) {
  const nlohmann::json json = {{"key", 4000}, {"other", "10k:50k/30s"}};
  const StrictObject object(json, "x.json", kKeys);
  EXPECT_EQ(object.number_or_text("key"), "4000");
  EXPECT_EQ(object.number_or_text("other"), "10k:50k/30s");
  const auto read = [](const StrictObject& it) { it.number_or_text("key"); };
  EXPECT_EQ(error_of("true", read), "x.json: \"key\" must be a number or a string, not true");
  EXPECT_EQ(error_when_missing(read), "x.json: \"key\" is missing; it must be a number or a string");
}

TEST(StrictObject, ListOfIntegersNamesTheElementThatIsWrong) {
  const auto read = [](const StrictObject& object) { object.integers("key", -1, 9); };
  const std::string expected = "x.json: \"key\" must be a list of integers from -1 to 9, ";
  EXPECT_EQ(error_of("5", read), expected + "not 5");
  // 2^64 - 1 is -1 to who reads it as signed.
  for (const std::string element : {"-2", "10", "1.5", "\"1\"", "18446744073709551615", "null"}) {
    EXPECT_EQ(error_of(("[1," + element + "]").c_str(), read), expected + "but holds " + element);
  }
}

TEST(StrictObject, AtRefusesAMissingKeyOnly) {
  const auto read = [](const StrictObject& object) { object.at("key"); };
  EXPECT_EQ(error_of("null", read), "no error");
  EXPECT_EQ(error_when_missing(read), "x.json: \"key\" is missing");
}

TEST(StrictObject, ObjectsWithinAreNamedWithTheirPath) {
  const auto json = nlohmann::json::parse(R"({"a": {"b": {"n": 0}, "list": [{"n": 1}, {"n": 2}]}})");
  const StrictObject object(json, "x.json", {"a"});
  const auto inner = object.object("a", {"b", "list"});
  EXPECT_EQ(thrown_by<JsonError>([&] { inner.object("b", {"n"}).integer("n", 1, 2); }),
            "x.json: \"a.b.n\" must be an integer from 1 to 2, not 0");
  EXPECT_EQ(thrown_by<JsonError>([&] { inner.object("b", {"m"}); }),
            "x.json: unknown key \"a.b.n\"; did you mean \"m\"? allowed here: \"m\"");
  const auto list = inner.objects("list", {"n"});
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].integer("n", 1, 1), 1U);
  EXPECT_EQ(thrown_by<JsonError>([&] { list[1].fail("n", "is odd"); }), "x.json: \"a.list[1].n\" is odd");
}

TEST(StrictObject, WhatIsNoObjectWithinIsRefused) {
  const auto object = [](const StrictObject& whole) { whole.object("key", {"a", "b"}); };
  EXPECT_EQ(error_of("1", object), "x.json: \"key\" must be an object with \"a\", \"b\"");
  EXPECT_EQ(error_when_missing(object), "x.json: \"key\" is missing; it must be an object with \"a\", \"b\"");
  const auto objects = [](const StrictObject& whole) { whole.objects("key", {"a"}); };
  EXPECT_EQ(error_of("1", objects), "x.json: \"key\" must be a list of objects with \"a\", not 1");
  EXPECT_EQ(error_of("[{}, 1]", objects), "x.json: \"key[1]\" must be an object with \"a\"");
  EXPECT_EQ(error_of("[]", objects), "no error");
}

}  // namespace
}  // namespace threadmill::json
