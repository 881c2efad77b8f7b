// load_report_from_json: a ReportError (or PlanError), or a report that reads back as itself and merges.
// Input: changes of a good report, as RFC 7396 (JSON Merge Patch) has them: {"completed": -1, "window":
// null}.

#include "fuzz/expect.h"
#include "fuzz/json_input.h"
#include "loadgen/report.h"

using namespace threadmill;

namespace {

/// Those of the keys that a reader knows.
nlohmann::json without_unknown(nlohmann::json read, const nlohmann::json& known) {
  if (!read.is_object()) return read;
  for (auto entry = read.begin(); entry != read.end();) {
    entry = known.contains(entry.key()) ? std::next(entry) : read.erase(entry);
  }
  return read;
}

nlohmann::json good_report() {
  load::LoadReport report;
  report.plan.target = {"127.0.0.1", 6380};
  report.plan.stop.duration_s = 1;
  report.window = {1000, 1'000'001'000, 1'000'000'000};
  report.asked = report.established = 1;
  report.completed = report.completed_in_time = 2;
  report.service_time.record(20'000);
  report.service_time.record(30'000);
  report.connect_time.record(50'000);
  report.threads = {{{1}, 1, 2, 3}};
  return to_json(report);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const nlohmann::json good = good_report();
  const auto patch = fuzz::json_input(data, size);
  if (!patch) return 0;
  auto json = good;
  json.merge_patch(*patch);
  try {
    const auto report = load::load_report_from_json(json);
    fuzz::expect(report.service_time.min() <= report.service_time.max(), "min is no more than max");
    const auto written = to_json(report);
    for (const char* key : {"window", "connections", "completed", "completed_in_time"}) {
      fuzz::expect(without_unknown(json.at(key), written.at(key)) == written.at(key),
                   "numbers stay as they are");
    }
    const auto again = nlohmann::json::parse(to_json(report).dump());
    fuzz::expect(load::load_report_from_json(again) == report, "a report reads back as itself");
    const auto both = merge(report, report);
    fuzz::expect(both.completed == 2 * report.completed, "merging adds up");
  } catch (const load::ReportError& error) {
    fuzz::expect(error.what()[0] != '\0', "a refusal says why");
  } catch (const load::PlanError& error) {
    fuzz::expect(error.what()[0] != '\0', "a refusal says why");
  }
  return 0;
}
