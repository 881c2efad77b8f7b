// read_results: a ResultError, or a header of a version that this program reads, and whole records. What was
// read can be compared and told, whatever its records say.

#include <sstream>

#include "fuzz/expect.h"
#include "plots/report/markdown.h"
#include "results/comparison/comparison.h"
#include "results/file/store.h"

using namespace threadmill;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::istringstream in(text);
  try {
    const auto file = results::read_results(in, "input");
    const auto version = file.header.at("schema_version").get<std::int64_t>();
    fuzz::expect(version >= 1 && version <= results::kSchemaVersion, "the version is one that is known");
    for (const auto& record : file.scenarios) fuzz::expect(record.at("record") == "scenario", "a scenario");
    for (const auto& record : file.trials) fuzz::expect(record.at("record") == "trial", "a trial");
    for (const auto& record : file.resumes) fuzz::expect(record.at("record") == "resume", "a resume");
    fuzz::expect(file.whole_bytes <= size, "what is whole is in the file");
    fuzz::expect(file.end_outcome || !file.warnings.empty(), "a file that has no end says so");
    const auto comparison = results::compare({file});
    fuzz::expect(comparison.runs.size() == 1, "a file is a run");
    fuzz::expect(!plots::markdown_report(comparison, {}, "").empty(), "a run has a report");
  } catch (const results::ResultError& error) {
    fuzz::expect(std::string_view(error.what()).starts_with("input: "), "a refusal names the file");
  }
  return 0;
}
