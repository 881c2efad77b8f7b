#pragma once
// The verbs of the command line: one function and one file each. A further verb = one file here, one line
// below, one in main.cpp's list and one in CMakeLists.txt.

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace threadmill::harness {

/// What a verb shares with main.
struct CommandLine {
  std::vector<std::string> arguments;  ///< as typed, without the program's name
  int exit_code = 0;                   ///< for the verb to set
};

/// Each adds one sub-command to `app`. Its callback does the work while the command line is parsed; `line`
/// outlives it.
void add_run(CLI::App& app, CommandLine& line);
void add_sweep(CLI::App& app, CommandLine& line);
void add_ab(CLI::App& app, CommandLine& line);
void add_gate(CLI::App& app, CommandLine& line);
void add_study(CLI::App& app, CommandLine& line);
void add_explain(CLI::App& app, CommandLine& line);
void add_primitives(CLI::App& app, CommandLine& line);
void add_list(CLI::App& app, CommandLine& line);
void add_doctor(CLI::App& app, CommandLine& line);
void add_serve(CLI::App& app, CommandLine& line);
void add_chat(CLI::App& app, CommandLine& line);
void add_groupchat(CLI::App& app, CommandLine& line);
void add_cluster(CLI::App& app, CommandLine& line);
void add_host(CLI::App& app, CommandLine& line);
void add_load(CLI::App& app, CommandLine& line);
void add_report(CLI::App& app, CommandLine& line);
void add_compare(CLI::App& app, CommandLine& line);
void add_selftest(CLI::App& app, CommandLine& line);
void add_test(CLI::App& app, CommandLine& line);

}  // namespace threadmill::harness
