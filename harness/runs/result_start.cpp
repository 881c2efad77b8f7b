#include "harness/runs/result_start.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/catalogue/named.h"
#include "harness/errors.h"
#include "harness/machine/environment.h"
#include "harness/utc_time.h"
#include "os/descriptor.h"
#include "results/file/store.h"
#include "servers/registry.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

// By name; null where the program does not tell.
json subject_versions(const std::vector<Subject>& subjects) {
  json versions = json::object();
  for (const auto& subject : subjects) {
    if (!subject.version.empty()) versions[subject.name] = first_line_of(subject.version);
  }
  return versions;
}

json work_json(const std::vector<servers::RequestWork>& work) {
  json list = json::array();
  for (const auto& item : work)
    list.push_back({{"work", to_string(item.work)}, {"often", to_string(item.often)}, {"times", item.times}});
  return list;
}

// Variants do what their model does.
json request_work(const std::vector<Subject>& subjects) {
  json work = json::object();
  for (const auto& subject : subjects) {
    const auto* model =
        subject.is_model ? servers::find_model(subject.name.substr(0, subject.name.find(':'))) : nullptr;
    if (model != nullptr && !model->traits.work.empty()) work[subject.name] = work_json(model->traits.work);
  }
  return work;
}

json run_facts(const RunFacts& facts) {
  json run = {{"kind", facts.kind},
              {"arguments", facts.arguments},
              {"suite", facts.suite ? json(*facts.suite) : json(nullptr)},
              {"seed", facts.seed},
              {"subjects", names_of(facts.subjects)},
              {"missing", facts.missing},
              // Those of this machine say nothing of another one.
              {"subject_versions", facts.server_host ? json::object() : subject_versions(facts.subjects)},
              {"server_cpus", facts.cpus.server},
              {"generator_cpus", facts.cpus.generator},
              {"order", order_description(facts.order)}};
  if (facts.repeats) run["repeats"] = *facts.repeats;
  if (facts.study) run["study"] = facts.study->name;
  if (!facts.load_hosts.empty()) run["load_hosts"] = facts.load_hosts;
  if (facts.server_host) run["server_host"] = *facts.server_host;
  return run;
}

/// Before anything is measured: it takes a while, and would be lost.
void check_can_be_created(const fs::path& out) {
  const auto folder = out.has_parent_path() ? out.parent_path() : fs::path(".");
  if (!fs::is_directory(folder)) {
    throw InputError(
        fmt::format("--out {}: there is no folder {}; create it first", out.string(), folder.string()));
  }
  if (fs::exists(out)) {
    throw InputError(fmt::format(
        "--out {}: exists already; results are never overwritten: choose another name", out.string()));
  }
  auto probe = out;
  probe += fmt::format(".{}.tmp", ::getpid());  // as the file will be called at first
  const os::Descriptor file(::open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  if (!file) {
    throw InputError(fmt::format("--out {}: the folder {} cannot be written: {}; choose another",
                                 out.string(), folder.string(), std::strerror(errno)));
  }
  ::unlink(probe.c_str());
}

}  // namespace

json header_record(const RunFacts& facts) {
  json header = {
      {"record", "header"},      {"schema_version", results::kSchemaVersion}, {"created", utc_now()},
      {"tool", describe_tool()}, {"environment", describe_environment()},     {"run", run_facts(facts)}};
  if (facts.selftest) header["selftest"] = *facts.selftest;
  if (facts.primitives) header["primitives"] = *facts.primitives;
  header["request_work"] = request_work(facts.subjects);
  if (facts.study) header["study"] = facts.study->kept;
  return header;
}

std::vector<json> scenario_records(const std::vector<Scenario>& scenarios) {
  std::vector<json> records;
  for (const auto& scenario : scenarios) {
    records.push_back(scenario.to_json());
    records.back()["record"] = "scenario";
  }
  return records;
}

fs::path choose_out_file(const std::optional<fs::path>& asked, const std::string& name,
                         const fs::path& home) {
  const fs::path out = asked.value_or(home / "results/runs" / fmt::format("{}-{}.jsonl", utc_stamp(), name));
  try {
    if (!asked) fs::create_directories(out.parent_path());
    check_can_be_created(out);
  } catch (const fs::filesystem_error& error) {
    throw InputError(fmt::format("--out {}: {}; choose another", out.string(), error.code().message()));
  }
  return out;
}

}  // namespace threadmill::harness
