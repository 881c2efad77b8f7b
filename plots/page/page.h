#pragma once
// One HTML page that needs nothing but itself: no network, no server. What stands on it is given in parts by
// whoever has something to show: a report, a history.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plots/charts/chart_set.h"
#include "plots/page/libraries.h"

namespace threadmill::plots {

/// What the page is called in its folder.
inline constexpr std::string_view page_file = "index.html";

/// Something that a reader may leave out. Both are plain text.
struct PageChoice {
  std::string value;  ///< what elements (data-KIND) and records of charts name it by
  std::string label;  ///< what tables and checkboxes call it
};

/// All of one kind, as a group of checkboxes.
struct PageChoices {
  std::string kind;       ///< "scenario", "server", "metric" or "machine": see CHOOSABLE in page.js
  std::string legend;     ///< "Scenarios"
  bool coloured = false;  ///< each has its colour in the charts
  std::vector<PageChoice> all;
};

/// A section element.
struct PageSection {
  std::string id;
  std::string title;  ///< in the list of contents, as plain text; "" for a section that is not there
  std::string html;   ///< the whole element; "" for a section that has nothing to say: it is left out
};

/// The element of a section of a Markdown report. `attributes` stand beside the id: "data-scenario=...".
PageSection section_of_markdown(const std::string& id, const std::string& title, const std::string& markdown,
                                const std::string& attributes = "");

struct Page {
  std::string title;                 ///< plain text
  std::string opening;               ///< HTML below the title
  std::vector<PageChoices> choices;  ///< kinds without anything to choose are not shown
  std::string in_short;              ///< HTML of the section "In short"
  std::vector<PageSection> before_charts;
  std::vector<PageSection> after_charts;
};

/// The whole of it. All but the charts is there without scripts; those are drawn by `libraries`, and where
/// those are missing the page says how to get them. Pure.
std::string html_page(const Page& page, const ChartSet& charts, const Libraries& libraries);

/// Reads specifications and libraries from the source tree and writes the page. `data_sets` are what its
/// charts are drawn from (plots/charts/chart_data.h). Throws std::runtime_error for a file that cannot be
/// written.
void write_page(const Page& page, const nlohmann::json& data_sets, const std::filesystem::path& file);

}  // namespace threadmill::plots
