#include "harness/doctor/diagnosis.h"

#include <nlohmann/json.hpp>
#include <set>

#include "tests/harness/doctor/staged_machine.h"

namespace threadmill::harness::doctor {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<Diagnosis> of_each_kind() {
  return {{"alpha", "It hurts.", {Verdict::problem, "is bad", "mend it"}},
          {"beta", "It disturbs.", {Verdict::warning, "is so so", "better it"}},
          {"gamma", "Who knows.", {Verdict::unknown, "is dark", ""}},
          {"delta", "It cannot hurt.", {Verdict::ok, "is fine", ""}}};
}

TEST(DoctorDiagnosis, HasEveryCheckOnceWorstFirst) {
  StagedMachine staged;
  const auto diagnoses = diagnose(staged.machine);
  std::set<std::string> names;
  Verdict last = Verdict::problem;
  for (const auto& diagnosis : diagnoses) {
    EXPECT_TRUE(names.insert(diagnosis.check).second) << diagnosis.check;
    EXPECT_GE(diagnosis.finding.verdict, last) << diagnosis.check;
    EXPECT_FALSE(diagnosis.finding.found.empty()) << diagnosis.check;
    EXPECT_THAT(diagnosis.why, ::testing::EndsWith(".")) << diagnosis.check;
    last = diagnosis.finding.verdict;
  }
  EXPECT_EQ(names.size(), all_checks().size());
}

TEST(DoctorDiagnosis, OfAMachineWithoutAnyFileIsNotAProblemOfItsOwn) {
  Machine machine;
  machine.files = MachineFiles("/no/such/root");
  machine.compiler_flags = "-O2";
  EXPECT_THAT(problems_of(diagnose(machine)), IsEmpty());
}

TEST(DoctorDiagnosis, NamesItsProblems) {
  EXPECT_THAT(problems_of(of_each_kind()), ::testing::ElementsAre("alpha"));
}

TEST(DoctorText, SumsUpAndTellsWhatIsNotWellInFull) {
  const auto text = to_text(of_each_kind());
  EXPECT_THAT(text, StartsWith("1 problem, 1 warning, 1 unknown, 1 ok: mend the problems before"));
  EXPECT_THAT(text, HasSubstr("why: It hurts."));
  EXPECT_THAT(text, HasSubstr("mend: mend it"));
  EXPECT_THAT(text, HasSubstr("mend: better it"));
  EXPECT_THAT(text, HasSubstr("is fine"));
  EXPECT_THAT(text, Not(HasSubstr("It cannot hurt.")));
  EXPECT_LT(text.find("alpha"), text.find("beta"));
}

TEST(DoctorJson, HasAFixedSchema) {
  const auto list = to_json(of_each_kind());
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0], nlohmann::json({{"check", "alpha"},
                                     {"verdict", "problem"},
                                     {"found", "is bad"},
                                     {"why", "It hurts."},
                                     {"remedy", "mend it"}}));
  EXPECT_EQ(list[3]["verdict"], "ok");
  EXPECT_TRUE(list[3]["remedy"].is_null());
}

}  // namespace
}  // namespace threadmill::harness::doctor
