// parse_study: an InputError, or a study whose claims the judgement understands.

#include "harness/catalogue/study.h"

#include "fuzz/expect.h"
#include "fuzz/json_input.h"
#include "harness/errors.h"
#include "results/study/study.h"

using namespace threadmill;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = fuzz::json_input(data, size);
  if (!json) return 0;
  results::study_of({{"run", {{"study", "any"}}}, {"study", *json}});  // as a result file might have it
  try {
    const auto study = harness::parse_study(*json, "study.json");
    fuzz::expect(!study.scenarios.empty(), "a study has scenarios");
    fuzz::expect(study.repeats >= 1 && study.repeats <= 1000, "repeats within the limit");
    const auto read = results::study_of({{"run", {{"study", study.name}}}, {"study", study.kept}});
    fuzz::expect(read.has_value(), "what is kept is a study");
    for (const auto& claim : read->claims)
      fuzz::expect(claim.kind != results::ClaimKind::unknown, "a claim that was let in can be tested");
  } catch (const harness::InputError& error) {
    fuzz::expect(std::string_view(error.what()).starts_with("study.json: "), "a refusal names the file");
  }
  return 0;
}
