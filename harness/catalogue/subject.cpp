#include "harness/catalogue/subject.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "harness/catalogue/named.h"
#include "harness/catalogue/services.h"
#include "harness/errors.h"
#include "harness/locations.h"
#include "json/error.h"
#include "json/file.h"
#include "json/strict_object.h"
#include "servers/options.h"
#include "servers/registry.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string_view> kStopSignalNames{"SIGTERM", "SIGINT"};
constexpr std::array kStopSignals{SIGTERM, SIGINT};
constexpr std::uint32_t kMostSeconds = 600;
// Our program beside the server, for subjects that are one of its verbs.
constexpr const char* kOwnProgram = "threadmill";

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

Subject model_subject(const fs::path& server, const servers::ModelTraits& traits) {
  Subject subject;
  subject.name = traits.name;
  subject.summary = traits.summary;
  subject.services.assign(traits.services.begin(), traits.services.end());
  subject.command = {server.string(), "--model", subject.name, "--service", "{service}",
                     "--port",        "{port}",  "--address",  "{address}"};
  subject.is_model = true;
  subject.concurrency = traits.concurrency;
  return subject;
}

// So that a comparison can tell the effect of batching from the effect of concurrency.
Subject flush_variant(Subject subject, const std::string& flush) {
  subject.summary = fmt::format("{} with --flush {}", subject.name, flush);
  subject.name += ":" + flush;
  subject.is_variant = true;
  subject.command.insert(subject.command.end(), {"--flush", flush});
  return subject;
}

// So that the way of distributing is all that differs. It does not concern a service that publishes nothing.
Subject distribution_variant(Subject subject, servers::Distribution way) {
  const std::string name(to_string(way));
  subject.summary = fmt::format("{} with --distribute {}", subject.name, name);
  subject.name += ":" + name;
  subject.is_variant = true;
  std::erase(subject.services, "echo");
  subject.command.insert(subject.command.end(), {"--distribute", name});
  return subject;
}

// "broker:loops:4" and "broker:writers:loops:4:handoff", of a subject that is known under the name before
// ":loops"; nothing for any other name.
std::optional<Subject> loops_variant(const std::vector<Subject>& known, const std::string& name,
                                     const std::string& where) {
  static constexpr std::string_view kMark = ":loops:", kHandoff = ":handoff";
  const auto mark = name.find(kMark);
  if (mark == std::string::npos) return std::nullopt;
  Subject subject = find_subject(known, name.substr(0, mark), where);
  const auto* model =
      subject.is_model ? servers::find_model(subject.name.substr(0, subject.name.find(':'))) : nullptr;
  if (model == nullptr || !model->traits.shards)
    throw InputError(fmt::format("{}'{}': {} has no use for several loops", where, name, subject.name));
  std::string loops = name.substr(mark + kMark.size());
  const bool is_handoff = loops.ends_with(kHandoff);
  if (is_handoff) loops.resize(loops.size() - kHandoff.size());
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(loops.data(), loops.data() + loops.size(), count);
  const bool is_number = error == std::errc{} && end == loops.data() + loops.size();
  if (!is_number || count < 2 || count > servers::kMostLoops) {
    throw InputError(fmt::format("{}'{}': give {}:loops:N with N from 2 to {}, or {}:loops:N:handoff", where,
                                 name, subject.name, servers::kMostLoops, subject.name));
  }
  subject.summary =
      fmt::format("{} with --loops {}{}", subject.name, count, is_handoff ? " --shard handoff" : "");
  subject.name = name;
  std::erase(subject.services, "web");  // which one loop serves
  subject.is_variant = true;
  subject.command.insert(subject.command.end(), {"--loops", std::to_string(count)});
  if (is_handoff) subject.command.insert(subject.command.end(), {"--shard", "handoff"});
  return subject;
}

// "epoll:delay:200us", where epoll may flush so; nothing for any other name.
std::optional<Subject> delay_variant(const std::vector<Subject>& known, const std::string& name,
                                     const std::string& where) {
  const auto colon = name.find(":delay");
  if (colon == std::string::npos) return std::nullopt;
  const auto* subject = find_named(known, name.substr(0, colon));
  const auto* model = subject != nullptr && subject->is_model ? servers::find_model(subject->name) : nullptr;
  if (model == nullptr) return std::nullopt;
  const auto& flushes = model->traits.flushes;
  if (std::find(flushes.begin(), flushes.end(), servers::FlushKind::delay) == flushes.end())
    throw InputError(
        fmt::format("{}'{}': the model {} has no such way to flush", where, name, subject->name));
  try {
    const std::string flush = name.substr(colon + 1);
    servers::parse_flush(flush);
    return flush_variant(*subject, flush);  // called as it was typed
  } catch (const std::invalid_argument& error) {
    throw InputError(where + error.what());
  }
}

std::chrono::seconds read_seconds(const json::StrictObject& fields, std::string_view key,
                                  std::chrono::milliseconds fallback) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(fallback).count();
  return std::chrono::seconds(fields.integer32(key, 1, kMostSeconds, static_cast<std::uint32_t>(seconds)));
}

void read_ready(const json::StrictObject& document, Subject& subject) {
  const auto fields = document.object("ready", {"json_line", "connect", "within_s"});
  const auto is_asked = [&](std::string_view key) { return fields.boolean(key, false); };
  if (is_asked("json_line") == is_asked("connect")) {
    document.fail(
        "ready",
        R"(must be {"json_line": true} or {"connect": true}, either of them perhaps with "within_s")");
  }
  subject.ready = is_asked("connect") ? ReadyBy::connect : ReadyBy::json_line;
  subject.ready_within = read_seconds(fields, "within_s", kReadyLimit);
}

}  // namespace

bool Subject::offers(const std::string& service) const {
  return std::find(services.begin(), services.end(), service) != services.end();
}

std::vector<Subject> model_subjects(const fs::path& server) {
  std::vector<Subject> subjects;
  for (const auto& model : servers::models()) {
    const auto& traits = model.traits;
    for (const auto flush : traits.flushes) {
      if (flush == traits.flushes.front()) {
        subjects.push_back(model_subject(server, traits));
      } else if (flush != servers::FlushKind::delay) {
        subjects.push_back(flush_variant(model_subject(server, traits), std::string(to_string(flush))));
        if (traits.answers_at_once) std::erase(subjects.back().services, "echo");  // the same server again
      }
    }
    for (const auto way : traits.distributions) {
      if (way != traits.distributions.front())
        subjects.push_back(distribution_variant(model_subject(server, traits), way));
    }
  }
  return subjects;
}

Subject read_subject(const fs::path& file) try {
  return parse_subject(json::read_file(file), file);
} catch (const json::JsonError& error) {
  throw InputError(error.what());
}

Subject parse_subject(const nlohmann::json& document, const fs::path& file) try {
  const json::StrictObject fields(document, file.string(),
                                  {"name", "summary", "services", "command", "ready", "stop", "stop_within_s",
                                   "needs", "package", "version"});
  Subject subject;
  subject.name = fields.nonempty_text("name");
  subject.summary = fields.nonempty_text("summary");
  subject.services = fields.texts("services");
  read_ready(fields, subject);
  subject.stop_signal = kStopSignals[fields.choice("stop", kStopSignalNames, 0)];
  subject.stop_within = read_seconds(fields, "stop_within_s", kStopLimit);
  if (fields.has("needs")) subject.needs = fields.texts("needs");
  if (fields.has("package")) subject.package = fields.nonempty_text("package");
  if (fields.has("version")) subject.version = fields.texts("version");
  subject.command = fill_in(fields.texts("command"), {{"folder", fs::absolute(file).parent_path().string()}});
  if (file.stem() != subject.name)
    fields.fail("name", fmt::format("must be \"{}\", as the file", file.stem().string()));
  for (const auto& service : subject.services) {
    const auto& names = service_names();
    if (std::find(names.begin(), names.end(), service) == names.end())
      fields.fail("services", fmt::format("may name {}, not \"{}\"", fmt::join(names, ", "), service));
  }
  return subject;
} catch (const json::JsonError& error) {
  throw InputError(error.what());
}

std::vector<Subject> read_subjects(const fs::path& server, const std::vector<fs::path>& folders) {
  auto subjects = model_subjects(server);
  for (const auto& folder : folders) {
    for (const auto& file : json_files(folder)) {
      auto subject = read_subject(file);
      const std::map<std::string, std::string> ours = {
          {"threadmill-server", server.string()},
          {kOwnProgram, (server.parent_path() / kOwnProgram).string()}};
      subject.command = fill_in(subject.command, ours);
      subject.needs = fill_in(subject.needs, ours);
      if (find_named(subjects, subject.name) != nullptr) {
        throw InputError(
            fmt::format("{}: there is a subject '{}' already; rename this one", file.string(), subject.name));
      }
      subjects.push_back(std::move(subject));
    }
  }
  return subjects;
}

std::vector<Subject> known_subjects(const fs::path& server, const fs::path& home,
                                    const std::vector<fs::path>& more_folders) {
  for (const auto& folder : more_folders) json_files(folder, "--subject-dir");  // for its message
  std::vector<fs::path> folders{home / "servers/peers"};
  folders.insert(folders.end(), more_folders.begin(), more_folders.end());
  return read_subjects(server, folders);
}

Subject find_subject(const std::vector<Subject>& known, const std::string& name, const std::string& where) {
  if (const auto* subject = find_named(known, name)) return *subject;
  if (auto variant = loops_variant(known, name, where)) return *std::move(variant);
  if (auto variant = delay_variant(known, name, where)) return *std::move(variant);
  throw InputError(where + unknown_name_message("model", name, names_of(known)));
}

std::vector<std::string> fill_in(const std::vector<std::string>& command,
                                 const std::map<std::string, std::string>& values) {
  auto filled = command;
  for (auto& word : filled) {
    for (const auto& [name, value] : values) replace_all(word, "{" + name + "}", value);
  }
  return filled;
}

std::vector<std::string> command_to_keep(const Subject& subject, std::vector<std::string> command) {
  const fs::path program = command.front();
  if (subject.is_model || program.filename() == kOwnProgram) command.front() = program.filename().string();
  return command;
}

namespace {

/// What this machine does not give to one of our models, as a container that forbids io_uring.
std::optional<std::string> what_model_misses(const Subject& subject) {
  const auto* model = subject.is_model ? model_of(subject) : nullptr;
  if (model == nullptr || model->missing == nullptr) return std::nullopt;
  const std::string missing = model->missing();
  return missing.empty() ? std::nullopt : std::optional(missing);
}

}  // namespace

const servers::Model* model_of(const Subject& subject) {
  return servers::find_model(subject.name.substr(0, subject.name.find_first_of(":@")));
}

std::optional<std::string> why_missing(const Subject& subject) {
  std::vector<std::string> programs = {subject.command.front()};
  programs.insert(programs.end(), subject.needs.begin(), subject.needs.end());
  const auto lacking = std::find_if_not(programs.begin(), programs.end(), is_installed);
  if (lacking == programs.end()) return what_model_misses(subject);
  const auto& program = *lacking;
  if (subject.is_model) return fmt::format("{} is not built: {}", program, how_to_build());
  if (subject.package.empty()) return fmt::format("{} is not installed, or not in PATH", program);
  return fmt::format("{} is not installed: apt-get install {}", program, subject.package);
}

}  // namespace threadmill::harness
