#include "servers/anatomy/anatomy.h"

#include <gmock/gmock.h>

#include "servers/registry.h"

namespace threadmill::servers {
namespace {

using ::testing::StartsWith;

constexpr std::string_view kComment =
    "// Model `name`: one sentence, over\n"
    "// two lines.\n"
    "//\n"
    "//   parent ──> [ accept ]\n"
    "//     child ──> [ read ]\n"
    "//\n"
    "// Who accepts: the parent. It is one. Who reads and writes: a child. Shared: nothing, so\n"
    "// that all is well.\n"
    "//\n"
    "// A paragraph of its own: with a colon. Who knows.\n"
    "//\n"
    "// Choose it when: a crash: must hurt nobody else.\n"
    "// Not when: there are thousands.\n"
    "\n"
    "// Not of it.\n";

std::string text_of(const Anatomy& anatomy, std::string_view label) {
  for (const auto& part : anatomy.parts)
    if (part.label == label) return part.text;
  return "no part of that label";
}

TEST(Anatomy, ACommentIsTakenApartAtItsLabels) {
  const auto anatomy = parse_anatomy(kComment);
  EXPECT_EQ(anatomy.drawing, "parent ──> [ accept ]\n  child ──> [ read ]\n");
  std::vector<std::string> labels;
  for (const auto& part : anatomy.parts) labels.push_back(part.label);
  EXPECT_THAT(labels, testing::ElementsAre("", "Who accepts", "Who reads and writes", "Shared", "",
                                           "Choose it when", "Not when"));
  EXPECT_EQ(anatomy.parts.front().text, "Model `name`: one sentence, over two lines.");
  EXPECT_EQ(text_of(anatomy, "Who accepts"), "the parent. It is one.");
  EXPECT_EQ(text_of(anatomy, "Shared"), "nothing, so that all is well.");
  EXPECT_EQ(text_of(anatomy, "Choose it when"), "a crash: must hurt nobody else.");
  EXPECT_EQ(anatomy.parts[4].text, "A paragraph of its own: with a colon. Who knows.");
}

TEST(Anatomy, AnEmptyCommentHasNoParts) {
  EXPECT_TRUE(parse_anatomy("").parts.empty());
  EXPECT_TRUE(parse_anatomy("#include <x>\n// later\n").parts.empty());
  EXPECT_TRUE(anatomy_of("nonesuch").parts.empty());
}

bool has_label(const Anatomy& anatomy, std::string_view beginning) {
  for (const auto& part : anatomy.parts)
    if (part.label.starts_with(beginning) && !part.text.empty()) return true;
  return false;
}

TEST(Anatomy, EveryModelSaysWhatItIsWhenToChooseItAndHowItFails) {
  for (const auto& model : models()) {
    SCOPED_TRACE(model.traits.name);
    const auto anatomy = anatomy_of(model.traits.name);
    ASSERT_FALSE(anatomy.parts.empty());
    EXPECT_THAT(anatomy.parts.front().text, StartsWith("Model `" + std::string(model.traits.name) + "`: "));
    if (model.traits.ceiling) continue;
    EXPECT_NE(anatomy.drawing, "");
    for (const char* label : {"Who accepts", "Shared", "Choose it when", "Not when", "How it fails"})
      EXPECT_TRUE(has_label(anatomy, label)) << "the comment of servers/models/ lacks \"" << label << ":\"";
  }
}

}  // namespace
}  // namespace threadmill::servers
