#pragma once
// The specifications of charts, one Vega-Lite file each.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace threadmill::plots {

/// A specification or the theme cannot be read. One line that names the file.
class SpecificationError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// One chart, before anybody drew it.
struct Chart {
  std::string name;               ///< of its file, without ".vl.json": "throughput"
  nlohmann::json specification;   ///< Vega-Lite, with what it leaves to its base filled in; no data in it
  std::vector<std::string> sets;  ///< names of the data sets that it draws; the one of its panels first

  /// What is seen, in a sentence: its "title", or its "description".
  std::string title() const;
  /// How to read it: the subtitle as one text; "" where there is none.
  std::string subtitle() const;
};

/// All *.vl.json files of `folder`, in the order in which a report shows them: by usermeta.order, then by
/// name. {"base": "bars.base.json", ...} takes what it does not say from that file beside it. Throws
/// SpecificationError.
std::vector<Chart> read_specifications(const std::filesystem::path& folder);

/// The look of all charts, theme.json in `folder`: {"light": {"config"}, "dark": {"config", "colours"}}. Both
/// configurations are Vega-Lite's, "dark" says only where it differs; "colours" says what takes the place of
/// a colour that a dark background swallows. {} where there is no such file. Throws SpecificationError.
nlohmann::json read_theme(const std::filesystem::path& folder);

}  // namespace threadmill::plots
