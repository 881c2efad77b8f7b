#include "loadgen/record_file.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"

namespace threadmill::load {
namespace {

TEST(RecordFile, HasEachLineInOrderOnceTheRecordHasEnded) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "record").string();
  RecordFile file(path);
  {
    PublicationRecord record(&file);
    EXPECT_TRUE(record.wanted());
    for (std::uint64_t i = 0; i < 10'000; ++i) {
      record.sent(3, i, "text");
      record.confirmed(3, i);
    }
  }
  std::string expected;
  for (int i = 0; i < 10'000; ++i) {
    expected += "sent 3 " + std::to_string(i) + " text\nconfirmed 3 " + std::to_string(i) + "\n";
  }
  EXPECT_EQ(contents_of(path), expected);
  EXPECT_TRUE(file.whole());
}

TEST(RecordFile, SaysWhereSomethingIsMissing) {
  RecordFile full("/dev/full");
  EXPECT_TRUE(full.whole());
  full.append("sent 0 0 text\n");
  EXPECT_FALSE(full.whole());
  EXPECT_THROW(RecordFile("/no/such/folder/record"), std::runtime_error);
}

TEST(RecordFile, WithoutAFileNothingIsWritten) {
  PublicationRecord record(nullptr);
  EXPECT_FALSE(record.wanted());
  record.sent(0, 0, "text");
  record.confirmed(0, 0);
  record.flush();
}

}  // namespace
}  // namespace threadmill::load
