#include "plots/charts/specifications.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <limits>

namespace threadmill::plots {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view specification_suffix = ".vl.json";

json read_object(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw SpecificationError(fmt::format("{}: cannot be read", file.string()));
  const json read = json::parse(in, nullptr, false);
  if (!read.is_object()) throw SpecificationError(fmt::format("{}: is no JSON object", file.string()));
  return read;
}

/// A file with what it leaves to its base.
json with_base(const fs::path& file) {
  json own = read_object(file);
  const auto base = own.find("base");
  if (base == own.end()) return own;
  if (!base->is_string()) throw SpecificationError(fmt::format("{}: base is no file name", file.string()));
  json whole = read_object(file.parent_path() / base->get<std::string>());
  own.erase(base);
  whole.update(own);
  return whole;
}

/// The name of the data set that a part of a specification asks for itself, or "".
std::string set_of(const json& part) {
  const json::json_pointer at("/data/name");
  const bool named = part.is_object() && part.contains(at) && part.at(at).is_string();
  return named ? part.at(at).get<std::string>() : std::string();
}

/// Adds the names of all data sets that some part of a specification draws, the outermost first.
void add_sets(const json& part, std::vector<std::string>& sets) {
  const std::string name = set_of(part);
  if (!name.empty() && std::find(sets.begin(), sets.end(), name) == sets.end()) sets.push_back(name);
  if (!part.is_structured()) return;
  for (const json& inner : part) add_sets(inner, sets);
}

double order_of(const Chart& chart) {
  const json::json_pointer at("/usermeta/order");
  const bool given = chart.specification.contains(at) && chart.specification.at(at).is_number();
  return given ? chart.specification.at(at).get<double>() : std::numeric_limits<double>::infinity();
}

/// A text that may be given as its lines.
std::string joined_lines(const json& text) {
  if (text.is_string()) return text.get<std::string>();
  std::string joined;
  for (const json& line : text) {
    if (line.is_string()) joined += (joined.empty() ? "" : " ") + line.get<std::string>();
  }
  return joined;
}

Chart read_chart(const fs::path& file) {
  Chart chart;
  chart.name = file.filename().string();
  chart.name.resize(chart.name.size() - specification_suffix.size());
  chart.specification = with_base(file);
  add_sets(chart.specification, chart.sets);
  return chart;
}

}  // namespace

std::string Chart::title() const {
  const auto title = specification.find("title");
  if (title != specification.end() && title->is_object() && title->contains("text"))
    return joined_lines(title->at("text"));
  if (title != specification.end() && !title->is_object()) return joined_lines(*title);
  const auto description = specification.find("description");
  return description != specification.end() ? joined_lines(*description) : name;
}

std::string Chart::subtitle() const {
  const json::json_pointer at("/title/subtitle");
  return specification.contains(at) ? joined_lines(specification.at(at)) : "";
}

std::vector<Chart> read_specifications(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) {
    if (entry.path().string().ends_with(specification_suffix)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Chart> charts;
  for (const fs::path& file : files) charts.push_back(read_chart(file));
  std::stable_sort(charts.begin(), charts.end(),
                   [](const Chart& a, const Chart& b) { return order_of(a) < order_of(b); });
  return charts;
}

json read_theme(const fs::path& folder) {
  const fs::path file = folder / "theme.json";
  return fs::exists(file) ? read_object(file) : json::object();
}

}  // namespace threadmill::plots
