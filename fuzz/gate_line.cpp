// The lines between harness and generator: a TrialFailure, or a gate, or a report that complaints() can
// judge.

#include <sstream>

#include "fuzz/expect.h"
#include "harness/errors.h"
#include "harness/trial/load_run.h"
#include "loadgen/gates.h"

using namespace threadmill;

namespace {

/// The generator waits until its input has a line, or ends.
void check_generator(const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out;
  load::line_gate(in, out)("connected");
  std::string line = out.str();
  fuzz::expect(line.ends_with('\n'), "a gate is told by a line");
  line.pop_back();
  fuzz::expect(harness::parse_load_line(line, "load").gate == "connected", "the harness knows the gate");
  const auto line_end = input.find('\n');
  const auto taken = line_end == std::string::npos ? input.size() : line_end + 1;
  const auto position = in.eof() ? input.size() : static_cast<std::size_t>(in.tellg());
  fuzz::expect(position == taken, "a gate takes one line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  check_generator(input);
  try {
    const auto line = harness::parse_load_line(input, "load");
    if (line.gate) return 0;
    fuzz::expect(line.report.is_object(), "a report is an object");
    const bool complete = line.report.contains("outcome") && line.report["outcome"] == "complete";
    fuzz::expect(complete || !harness::complaints(line.report).empty(),
                 "what is not complete is complained of");
  } catch (const harness::TrialFailure&) {
  }
  return 0;
}
