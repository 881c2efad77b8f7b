#pragma once
// Where things are: the source tree (scenarios, suites, peers, results) and the programs.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::harness {

/// The root of the source tree: $THREADMILL_HOME, or where this program was built from.
std::filesystem::path home_folder();

/// The folder of the running executable; threadmill-server and threadmill-load stand in it.
std::filesystem::path program_folder();

/// The command that builds what stands in program_folder().
std::string how_to_build();

/// The program called `name` beside this one. Throws std::runtime_error, naming the remedy, when there is
/// none.
std::filesystem::path program(const std::string& name);

/// Whether there is such a program: a path, or a name that is looked up in PATH.
bool is_installed(const std::string& program);

/// The *.json files of a folder, sorted by name. Throws InputError when it is no folder; where an option
/// named it, `option` begins the message.
std::vector<std::filesystem::path> json_files(const std::filesystem::path& folder,
                                              std::string_view option = {});

}  // namespace threadmill::harness
