#include "harness/explain/measured_here.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "results/file/json_access.h"
#include "results/file/store.h"

namespace threadmill::harness {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Candidate {
  std::string created;
  fs::path file;
};

/// The header alone: files may be large.
json header_of(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  auto header = json::parse(line, nullptr, false);
  return header.is_object() ? header : json::object();
}

bool has_subject(const json& header, const std::string& model) {
  const auto subjects = results::texts_at(header, "/run/subjects");
  return std::find(subjects.begin(), subjects.end(), model) != subjects.end();
}

bool has_trial(const fs::path& file, const std::string& model) {
  try {
    const auto read = results::read_result_file(file);
    return std::any_of(read.trials.begin(), read.trials.end(), [&](const json& trial) {
      return trial.value("subject", "") == model && trial.value("outcome", "") == "ok";
    });
  } catch (const results::ResultError&) {
    return false;
  }
}

}  // namespace

bool is_measured_here(const json& environment, const json& here) {
  const std::vector<std::string> keys = {"cpu_model", "cpus_online", "kernel"};
  return std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return environment.value(key, json()) == here.value(key, json());
  });
}

std::optional<fs::path> newest_result_of(const std::string& model, const fs::path& home, const json& here) {
  std::vector<Candidate> candidates;
  for (const char* folder : {"results/runs", "results/reference"}) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(home / folder, none)) {
      if (entry.path().extension() != ".jsonl") continue;
      const auto header = header_of(entry.path());
      if (has_subject(header, model) && is_measured_here(header.value("environment", json::object()), here))
        candidates.push_back({header.value("created", ""), entry.path()});
    }
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.created > b.created; });
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const Candidate& one) { return has_trial(one.file, model); });
  return found == candidates.end() ? std::nullopt : std::optional(found->file);
}

}  // namespace threadmill::harness
