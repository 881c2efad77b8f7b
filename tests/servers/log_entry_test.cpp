#include "servers/cluster/log_entry.h"

#include <gtest/gtest.h>

namespace threadmill::servers {
namespace {

using DeedKind = TopicDeed::Kind;

std::string encoded(const LogEntry& entry) {
  auto bytes = begin_entry(entry.writer, entry.number, 0);
  for (const auto& deed : entry.deeds) append_deed(bytes, deed);
  return bytes;
}

const LogEntry kEntry{0x0123456789abcdef,
                      42,
                      {{DeedKind::publish, "topic", std::string("\0\r\n", 3)},
                       {DeedKind::post, "", std::string(70'000, 'x')},
                       {DeedKind::create, std::string(kMostTopicBytes, 't'), ""},
                       {DeedKind::erase, "t.*>", ""}}};

TEST(LogEntry, ComesOutAsItWentIn) {
  EXPECT_EQ(decode_entry(encoded(kEntry)), kEntry);
  EXPECT_EQ(decode_entry(encoded({1, 2, {}})), (LogEntry{1, 2, {}}));
}

TEST(LogEntry, TellsItsLengthBeforehand) {
  std::size_t bytes = kEntryFrontBytes;
  for (const auto& deed : kEntry.deeds) bytes += encoded_bytes(deed);
  EXPECT_EQ(encoded(kEntry).size(), bytes);
}

TEST(LogEntry, IsNoneWhereAnythingIsMissing) {
  const auto whole = encoded({7, 8, {{DeedKind::publish, "topic", "payload"}}});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto cut = decode_entry(whole.substr(0, length));
    if (length == kEntryFrontBytes) continue;  // an entry without deeds
    EXPECT_FALSE(cut) << length;
  }
}

TEST(LogEntry, IsNoneOfOthers) {
  EXPECT_FALSE(decode_entry("hello, world, and some more bytes"));
  EXPECT_FALSE(decode_entry(encoded({1, 2, {{static_cast<DeedKind>(9), "t", ""}}}))) << "an unknown deed";
  EXPECT_FALSE(decode_entry(encoded({1, 2, {{DeedKind::publish, std::string("\0x", 2), ""}}})))
      << "a topic that no client may name";
}

}  // namespace
}  // namespace threadmill::servers
