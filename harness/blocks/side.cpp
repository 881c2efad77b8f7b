#include "harness/blocks/side.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>

#include "harness/errors.h"

namespace threadmill::harness {
namespace fs = std::filesystem;
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
  subject.name =
      fmt::format("{}@{}/{}", model, path.parent_path().filename().string(), path.filename().string());
  return subject;
}

Subject parse_side(const std::string& text, const std::vector<Subject>& known, const std::string& option) {
  const auto at = text.find('@');
  if (at == std::string::npos) return find_subject(known, text, option + ": ");
  return model_of(text.substr(0, at), text.substr(at + 1), option);
}

void require_service(const Subject& subject, const Scenario& scenario) {
  if (subject.offers(scenario.service)) return;
  throw InputError(fmt::format("{} serves only {}, and cannot be asked to run {}; leave one of them out",
                               subject.name, fmt::join(subject.services, ", "), scenario.name));
}

void tell_apart(const Subject& first, Subject& second) {
  if (first.name == second.name) second.name += "#2";
}

}  // namespace threadmill::harness
