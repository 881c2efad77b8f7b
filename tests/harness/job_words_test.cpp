#include "harness/trial/job_words.h"

#include <gtest/gtest.h>

namespace threadmill::harness {
namespace {

const std::string kRule = std::string(74, '-') + '\n';
const std::string kAborted = kRule +
                             "Primary job  terminated normally, but 1 process returned\n"
                             "a non-zero exit code. Per user-direction, the job has been aborted.\n" +
                             kRule;

TEST(JobWords, OfAKilledRankAreWhoseItWasAndWhatKilledIt) {
  EXPECT_EQ(
      job_words(kAborted + kRule +
                "mpirun noticed that process rank 1 with PID 0 on node b exited on signal 9 (Killed).\n" +
                kRule),
      "mpirun noticed that process rank 1 with PID 0 on node b exited on signal 9 (Killed).");
}

TEST(JobWords, OfARankThatSaysWhyAreItsOwn) {
  EXPECT_EQ(job_words("threadmill-load-mpi: rank 0 on a: 2000 connections need 2018 open files\n" + kAborted +
                      kRule +
                      "mpirun detected that one or more processes exited with non-zero status, thus causing\n"
                      "the job to be terminated. The first process to do so was:\n\n"
                      "  Process name: [[27178,1],0]\n  Exit code:    2\n" +
                      kRule),
            "threadmill-load-mpi: rank 0 on a: 2000 connections need 2018 open files");
}

TEST(JobWords, OfMpirunItselfAreWhatItExplainsLast) {
  EXPECT_EQ(job_words(kRule +
                      "ORTE was unable to reliably start one or more daemons.\n"
                      "This usually is caused by:\n\n* not finding the required libraries\n" +
                      kRule),
            "ORTE was unable to reliably start one or more daemons. This usually is caused by:");
}

TEST(JobWords, OfAnythingElseAreTheLastLine) {
  EXPECT_EQ(job_words("one\ntwo\n\n"), "two");
  EXPECT_EQ(job_words("one\n" + kRule), "one") << "a rule cut off from its other one";
  EXPECT_EQ(job_words(kRule), "");
  EXPECT_EQ(job_words(""), "");
  EXPECT_LT(job_words(std::string(5000, 'x')).size(), 400U);
}

}  // namespace
}  // namespace threadmill::harness
