#include "results/file/store.h"

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/text_files.h"
#include "tests/support/thrown.h"

namespace threadmill::results {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

// A folder of its own for each test, gone afterwards.
class StoreTest : public ::testing::Test {
 protected:
  fs::path file(const std::string& name = "run.jsonl") const { return folder_.path() / name; }

  static json header(int version = kSchemaVersion) {
    return {{"record", "header"}, {"schema_version", version}};
  }
  static json trial(int sequence) { return {{"record", "trial"}, {"sequence", sequence}}; }

  fs::path write(const std::string& text) const { return folder_.write("run.jsonl", text); }
  fs::path write_whole_run() const {
    ResultWriter writer(file(), header(), {{{"record", "scenario"}, {"name", "echo-64"}}});
    writer.append(trial(0));
    writer.append(trial(1));
    writer.append({{"record", "end"}, {"outcome", "complete"}});
    return file();
  }
  std::string text() const { return contents_of(file()); }

  const TemporaryFolder folder_;
};

TEST_F(StoreTest, ReadsWhatWasWritten) {
  const auto result = read_result_file(write_whole_run());
  EXPECT_EQ(result.header, header());
  ASSERT_EQ(result.scenarios.size(), 1U);
  EXPECT_EQ(result.scenarios[0]["name"], "echo-64");
  ASSERT_EQ(result.trials.size(), 2U);
  EXPECT_EQ(result.trials[1], trial(1));
  EXPECT_EQ(result.end_outcome, "complete");
  EXPECT_TRUE(result.warnings.empty());
}

TEST_F(StoreTest, EachRecordIsInTheFileAsSoonAsItIsAppended) {
  ResultWriter writer(file(), header(), {});
  EXPECT_TRUE(read_result_file(file()).trials.empty());
  writer.append(trial(0));
  EXPECT_EQ(read_result_file(file()).trials.size(), 1U);
}

TEST_F(StoreTest, LeavesNoTemporaryFileBehind) {
  write_whole_run();
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(StoreTest, NeverOverwritesResults) {
  write_whole_run();
  const auto before = text();
  EXPECT_THAT(thrown_by<ResultError>([&] { ResultWriter(file(), header(), {}); }),
              AllOf(HasSubstr("run.jsonl"), HasSubstr("exists")));
  EXPECT_EQ(text(), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

TEST_F(StoreTest, MissingFolderIsNamed) {
  EXPECT_THAT(thrown_by<ResultError>([&] { ResultWriter(folder_.path() / "none/run.jsonl", header(), {}); }),
              AllOf(HasSubstr("none/run.jsonl"), HasSubstr("--out")));
}

TEST_F(StoreTest, BytesThatAreNotUtf8AreReplacedRatherThanLost) {
  ResultWriter writer(file(), header(), {});
  writer.append({{"record", "trial"}, {"reason", "last words: \xff"}});
  EXPECT_EQ(read_result_file(file()).trials.size(), 1U);
}

// Wherever a file is cut within its last record, the trials before it survive.
TEST_F(StoreTest, TornLastLineIsLeftOutWithAWarning) {
  write_whole_run();
  const auto whole = text();
  const auto second_trial = whole.rfind("{\"record\":\"trial\"");
  const auto second_trial_end = whole.find('\n', second_trial);
  for (auto size = second_trial + 1; size < second_trial_end; ++size) {
    const auto result = read_result_file(write(whole.substr(0, size)));
    ASSERT_EQ(result.trials.size(), 1U) << size;
    ASSERT_EQ(result.warnings.size(), 1U) << size;
    EXPECT_THAT(result.warnings[0], AllOf(HasSubstr("run.jsonl"), HasSubstr("line 4"), HasSubstr("torn"),
                                          HasSubstr("1 trials survive")));
    EXPECT_FALSE(result.end_outcome);
  }
}

TEST_F(StoreTest, RunWithoutAnEndIsReadWithAWarning) {
  { ResultWriter(file(), header(), {}).append(trial(0)); }
  const auto result = read_result_file(file());
  EXPECT_EQ(result.trials.size(), 1U);
  ASSERT_EQ(result.warnings.size(), 1U);
  EXPECT_THAT(result.warnings[0], HasSubstr("no end record"));
}

TEST_F(StoreTest, DamageInTheMiddleIsAnErrorThatNamesTheLine) {
  write_whole_run();
  auto damaged = text();
  damaged[damaged.find("{\"record\":\"trial\"")] = 'x';
  EXPECT_THAT(thrown_by<ResultError>([&] { read_result_file(write(damaged)); }),
              AllOf(HasSubstr("run.jsonl"), HasSubstr("line 3")));
}

TEST_F(StoreTest, NewerVersionIsRefusedByName) {
  const auto path = write(header(kSchemaVersion + 1).dump() + "\n");
  EXPECT_THAT(thrown_by<ResultError>([&] { read_result_file(path); }),
              AllOf(HasSubstr("run.jsonl"), HasSubstr("schema_version 2"), HasSubstr("newer threadmill")));
}

TEST_F(StoreTest, AVersionThatNoIntegerHoldsIsNewerToo) {
  const auto path = write(R"({"record": "header", "schema_version": 4294967297})");
  EXPECT_THAT(thrown_by<ResultError>([&] { read_result_file(path); }),
              HasSubstr("schema_version 4294967297"));
}

TEST_F(StoreTest, AnEndThatSaysNothingIsNoEndAsPlanned) {
  const auto path = write(header().dump() + "\n" + R"({"record": "end", "outcome": 0})" + "\n");
  EXPECT_EQ(read_result_file(path).end_outcome, "");
}

TEST_F(StoreTest, WhatIsNoResultFileIsRefused) {
  for (const std::string text :
       {"", "hello\n", "{}\n", "[1]\n", "{\"record\":\"trial\"}\n", "{\"record\":\"hea"}) {
    EXPECT_THAT(thrown_by<ResultError>([&] { read_result_file(write(text)); }),
                AllOf(HasSubstr("run.jsonl"), HasSubstr("not a result file")))
        << text;
  }
  EXPECT_THAT(thrown_by<ResultError>([&] { read_result_file(folder_.path() / "none.jsonl"); }),
              HasSubstr("none.jsonl: cannot be read"));
  EXPECT_THAT(thrown_by<ResultError>([&] { read_result_file(folder_.path()); }), HasSubstr("cannot be read"));
}

TEST_F(StoreTest, UnknownRecordIsAnError) {
  const auto path = write(header().dump() + "\n{\"record\":\"note\"}\n");
  EXPECT_THAT(thrown_by<ResultError>([&] { read_result_file(path); }),
              AllOf(HasSubstr("line 2"), HasSubstr("note")));
}

TEST_F(StoreTest, AResumedFileIsOneRun) {
  {
    ResultWriter writer(file(), header(), {});
    writer.append(trial(0));
    writer.append({{"record", "end"}, {"outcome", "interrupted"}});
  }
  EXPECT_EQ(read_result_file(file()).end_outcome, "interrupted");
  ResultWriter writer(file());
  writer.cut_to(read_result_file(file()).whole_bytes);
  writer.append({{"record", "resume"}, {"created", "then"}, {"differences", {"the kernel was 1, and is 2"}}});
  EXPECT_FALSE(read_result_file(file()).end_outcome) << "it goes on";
  writer.append({{"record", "scenario"}, {"name", "found-later"}});
  writer.append(trial(1));
  writer.append({{"record", "end"}, {"outcome", "complete"}});
  const auto result = read_result_file(file());
  EXPECT_EQ(result.trials.size(), 2U);
  EXPECT_EQ(result.scenarios.size(), 1U);
  EXPECT_EQ(result.resumes.size(), 1U);
  EXPECT_EQ(result.end_outcome, "complete");
  ASSERT_EQ(result.warnings.size(), 1U);
  EXPECT_THAT(result.warnings[0],
              AllOf(HasSubstr("run.jsonl: resumed at then"), HasSubstr("the kernel was 1, and is 2")));
}

TEST_F(StoreTest, AResumedRunThatBrokeOffHasNoEnd) {
  const auto path = write(header().dump() + "\n" + R"({"record":"end","outcome":"interrupted"})" + "\n" +
                          R"({"record":"resume","differences":["x"]})" + "\n");
  const auto result = read_result_file(path);
  EXPECT_FALSE(result.end_outcome);
  ASSERT_EQ(result.warnings.size(), 2U);
  EXPECT_THAT(result.warnings[1], HasSubstr("no end record"));
}

// Wherever the last record is cut, going on leaves a file without a scar.
TEST_F(StoreTest, GoingOnBehindATornLine) {
  write_whole_run();
  const auto whole = text();
  const auto second_trial = whole.rfind("{\"record\":\"trial\"");
  const auto second_trial_end = whole.find('\n', second_trial);
  for (auto size = second_trial; size <= second_trial_end + 1; ++size) {
    write(whole.substr(0, size));
    {
      ResultWriter writer(file());
      writer.cut_to(read_result_file(file()).whole_bytes);
      writer.append({{"record", "end"}, {"outcome", "complete"}});
    }
    const auto result = read_result_file(file());
    EXPECT_EQ(result.trials.size(), size < second_trial_end ? 1U : 2U) << size;
    EXPECT_TRUE(result.warnings.empty()) << size;
    EXPECT_EQ(result.whole_bytes, fs::file_size(file())) << size;
  }
}

TEST_F(StoreTest, AFileHasOneWriter) {
  {
    const ResultWriter writer(file(), header(), {});
    EXPECT_THAT(thrown_by<ResultError>([&] { ResultWriter second(file()); }),
                AllOf(HasSubstr("run.jsonl"), HasSubstr("another process writes to it")));
  }
  const ResultWriter writer(file());
  EXPECT_THAT(thrown_by<ResultError>([&] { ResultWriter second(file()); }),
              HasSubstr("another process writes to it"));
}

TEST_F(StoreTest, OpeningAFileChangesNothing) {
  write_whole_run();
  const auto before = text();
  { const ResultWriter writer(file()); }
  EXPECT_EQ(text(), before);
  EXPECT_THAT(thrown_by<ResultError>([&] { ResultWriter missing(folder_.path() / "none.jsonl"); }),
              HasSubstr("none.jsonl"));
}

TEST_F(StoreTest, AScenarioHasOneDescription) {
  const auto path = write(header().dump() + "\n" + R"({"record":"scenario","name":"a"})" + "\n" +
                          R"({"record":"scenario","name":"a"})" + "\n");
  EXPECT_THAT(thrown_by<ResultError>([&] { read_result_file(path); }),
              AllOf(HasSubstr("line 3"), HasSubstr("\"a\" a second time")));
}

}  // namespace
}  // namespace threadmill::results
