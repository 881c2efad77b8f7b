#include "plots/gate/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

#include "plots/gate/words.h"
#include "plots/words/metric_text.h"

namespace threadmill::plots {
namespace {

using boost::property_tree::ptree;
using results::GateCell;
using results::GateOutcome;
using results::GateReport;

/// Text that XML 1.0 may contain: without the two code points that gate_text() lets through and XML does not.
std::string xml_text(const std::string& text, std::size_t most = 60) {
  std::string result = gate_text(text, most);
  for (const std::string_view forbidden : {"\uFFFE", "\uFFFF"}) {
    for (std::size_t at = 0; (at = result.find(forbidden, at)) != std::string::npos;)
      result.replace(at, forbidden.size(), "\uFFFD");
  }
  return result;
}

/// Adds a child of that name; not ptree::add(), which would take a dot in a name for a path.
ptree& add_element(ptree& parent, const char* name) { return parent.push_back({name, ptree()})->second; }

void set_attribute(ptree& element, const char* name, const std::string& value) {
  const auto attributes = element.find("<xmlattr>");
  ptree& all = attributes == element.not_found() ? add_element(element, "<xmlattr>") : attributes->second;
  add_element(all, name).put_value(value);
}

void add_property(ptree& properties, const char* name, const std::string& value) {
  ptree& property = add_element(properties, "property");
  set_attribute(property, "name", name);
  set_attribute(property, "value", value);
}

void add_figure(ptree& properties, const char* name, std::optional<double> value) {
  if (value) add_property(properties, name, fmt::format("{:.6g}", *value));
}

void add_figures(ptree& test_case, const GateCell& cell) {
  ptree& properties = add_element(test_case, "properties");
  add_property(properties, "outcome", std::string(results::gate_outcome_name(cell.outcome)));
  if (cell.baseline) add_figure(properties, "baseline", cell.baseline->median);
  if (cell.candidate) add_figure(properties, "candidate", cell.candidate->median);
  if (cell.worsening) {
    add_figure(properties, "worsening", cell.worsening->ratio - 1);
    if (const auto& interval = cell.worsening->interval) {
      add_figure(properties, "worsening_low", interval->low - 1);
      add_figure(properties, "worsening_high", interval->high - 1);
    }
  }
  if (cell.yardstick) add_figure(properties, "yardstick_change", cell.yardstick->ratio - 1);
  add_figure(properties, "noise_floor", cell.noise_floor);
  add_figure(properties, "smallest_detectable", cell.smallest_detectable);
}

const char* element_of(GateOutcome outcome) {
  switch (outcome) {
    case GateOutcome::passed:
      return nullptr;
    case GateOutcome::regression:
      return "failure";
    case GateOutcome::inconclusive:
      return "skipped";
    case GateOutcome::invalid:
      return "error";
  }
  return nullptr;
}

std::string message_of(const GateCell& cell) {
  std::string message = xml_text(cell_reason(cell), 400);
  if (!cell.worsening) return message;
  return message + fmt::format(" Worse by {}; noise floor {}.", worsening_words(cell.worsening),
                               share_words(cell.noise_floor));
}

void add_test_case(ptree& suite, const GateCell& cell) {
  ptree& test_case = add_element(suite, "testcase");
  set_attribute(test_case, "classname", "threadmill.gate." + xml_text(cell.scenario));
  set_attribute(test_case, "name",
                fmt::format("{} {}", xml_text(cell.subject), results::traits_of(cell.metric).name));
  add_figures(test_case, cell);
  if (const char* element = element_of(cell.outcome)) {
    ptree& outcome = add_element(test_case, element);
    set_attribute(outcome, "message", message_of(cell));
    if (cell.outcome != GateOutcome::inconclusive)
      set_attribute(outcome, "type", std::string(results::gate_outcome_name(cell.outcome)));
  }
  add_element(test_case, "system-out").put_value(message_of(cell));
}

void set_counts(ptree& element, const GateReport& report) {
  const auto count = [&](GateOutcome outcome) {
    return std::to_string(std::count_if(report.cells.begin(), report.cells.end(),
                                        [&](const GateCell& cell) { return cell.outcome == outcome; }));
  };
  set_attribute(element, "name", "threadmill gate");
  set_attribute(element, "tests", std::to_string(report.cells.size()));
  set_attribute(element, "failures", count(GateOutcome::regression));
  set_attribute(element, "errors", count(GateOutcome::invalid));
  set_attribute(element, "skipped", count(GateOutcome::inconclusive));
  set_attribute(element, "time", fmt::format("{:.3f}", report.took_s));
}

void add_what_was_judged(ptree& suite, const GateReport& report) {
  ptree& properties = add_element(suite, "properties");
  add_property(properties, "baseline", xml_text(report.baseline, 200));
  add_property(properties, "candidate", xml_text(report.candidate, 200));
  add_figure(properties, "max_regression", report.max_regression);
  for (const std::string& warning : report.warnings)
    add_property(properties, "warning", xml_text(warning, 300));
}

}  // namespace

std::string gate_junit_xml(const GateReport& report) {
  ptree document;
  ptree& suites = add_element(document, "testsuites");
  set_counts(suites, report);
  ptree& suite = add_element(suites, "testsuite");
  set_counts(suite, report);
  add_what_was_judged(suite, report);
  for (const GateCell& cell : report.cells) add_test_case(suite, cell);
  std::ostringstream xml;
  write_xml(xml, document, boost::property_tree::xml_writer_make_settings<std::string>(' ', 2));
  return xml.str();
}

}  // namespace threadmill::plots
