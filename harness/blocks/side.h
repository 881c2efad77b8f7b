#pragma once
// The sides of a comparison: which server programs are set against each other.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "harness/catalogue/scenario.h"
#include "harness/catalogue/subject.h"

namespace threadmill::harness {

/// A subject as `ab` is asked for one: a name of `known`, or MODEL@PROGRAM, the model as another build's
/// server program serves it. `option` starts each message. Throws InputError.
Subject parse_side(const std::string& text, const std::vector<Subject>& known, const std::string& option);

/// The model as `program`, another build of threadmill-server, serves it. Its name is MODEL@ and the last two
/// parts of the program's path: result files travel, and the whole path belongs to one machine.
Subject model_of(const std::string& model, const std::filesystem::path& program, const std::string& option);

/// The last two parts of a program's path.
std::string name_of_program(const std::filesystem::path& program);

/// As much of the ends of two programs' paths as tells them apart, two parts at least.
std::pair<std::string, std::string> names_of_programs(const std::filesystem::path& first,
                                                      const std::filesystem::path& second);

/// Throws InputError, starting with `option`, unless it is a file that may be executed.
void check_program(const std::filesystem::path& program, const std::string& option);

/// Throws InputError unless the subject can do what the scenario asks for.
void require_service(const Subject& subject, const Scenario& scenario);

/// Where both have the same name, gives them more of their programs' paths; where that is the same too, makes
/// the second's "NAME#2".
void tell_apart(Subject& first, Subject& second);

}  // namespace threadmill::harness
