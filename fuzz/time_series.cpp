// time_series_from_json: a ReportError, or a series that reads back as itself and merges second by second.

#include "loadgen/time_series.h"

#include "fuzz/expect.h"
#include "fuzz/json_input.h"
#include "loadgen/report.h"

using namespace threadmill;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = fuzz::json_input(data, size);
  if (!json) return 0;
  try {
    const auto series = load::time_series_from_json(*json, 1000);
    const auto again = nlohmann::json::parse(to_json(series).dump());
    fuzz::expect(load::time_series_from_json(again, 1000) == series, "a series reads back as itself");
    auto both = series;
    both.merge(series);
    for (std::size_t i = 0; i < series.intervals().size(); ++i) {
      const auto& interval = series.intervals()[i];
      fuzz::expect(interval.latency().count() == interval.completed, "the histogram has what was completed");
      fuzz::expect(both.intervals()[i].completed == 2 * interval.completed, "merging adds up");
    }
  } catch (const load::ReportError& error) {
    fuzz::expect(error.what()[0] != '\0', "a refusal says why");
  }
  return 0;
}
