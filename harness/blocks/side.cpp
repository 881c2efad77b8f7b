#include "harness/blocks/side.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "harness/errors.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
namespace {

// The last `parts` of the path; all of it where it has no more.
std::string end_of_path(const fs::path& program, std::ptrdiff_t parts) {
  const auto path = fs::absolute(program).lexically_normal();
  const auto all = std::distance(path.begin(), path.end());
  if (parts >= all) return path.string();
  fs::path end;
  for (auto part = std::next(path.begin(), all - parts); part != path.end(); ++part) end /= *part;
  return end.string();
}

}  // namespace

std::string name_of_program(const fs::path& program) { return end_of_path(program, 2); }

std::pair<std::string, std::string> names_of_programs(const fs::path& first, const fs::path& second) {
  for (std::ptrdiff_t parts = 2;; ++parts) {
    std::pair names(end_of_path(first, parts), end_of_path(second, parts));
    const bool is_whole = names.first.starts_with('/') && names.second.starts_with('/');
    if (names.first != names.second || is_whole) return names;
  }
}

void check_program(const fs::path& program, const std::string& option) {
  if (fs::is_regular_file(program) && ::access(program.c_str(), X_OK) == 0) return;
  throw InputError(
      fmt::format("{}: {} is no program that can be executed; give the threadmill-server of another build",
                  option, program.string()));
}

Subject model_of(const std::string& model, const fs::path& program, const std::string& option) {
  check_program(program, option);
  const auto path = fs::absolute(program).lexically_normal();
  auto subject = find_subject(model_subjects(path), model, option + ": ");
  subject.name = fmt::format("{}@{}", model, name_of_program(path));
  return subject;
}

Subject parse_side(const std::string& text, const std::vector<Subject>& known, const std::string& option) {
  const auto at = text.find('@');
  if (at == std::string::npos) return find_subject(known, text, option + ": ");
  return model_of(text.substr(0, at), text.substr(at + 1), option);
}

void require_service(const Subject& subject, const Scenario& scenario) {
  if (const auto why = why_not(subject, scenario))
    throw InputError(fmt::format("{} cannot be asked to run {}: {}", subject.name, scenario.name, *why));
  if (subject.offers(scenario.service)) return;
  throw InputError(fmt::format("{} serves only {}, and cannot be asked to run {}; leave one of them out",
                               subject.name, fmt::join(subject.services, ", "), scenario.name));
}

void tell_apart(Subject& first, Subject& second) {
  if (first.name != second.name) return;
  const auto at = first.name.find('@');
  if (at != std::string::npos && first.command.front() != second.command.front()) {
    const auto model = first.name.substr(0, at + 1);
    const auto [one, other] = names_of_programs(first.command.front(), second.command.front());
    first.name = model + one;
    second.name = model + other;
  } else {
    second.name += "#2";
  }
}

}  // namespace threadmill::harness
