#pragma once
// A subject: anything under test, one of our models or a foreign program.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace threadmill::servers {
struct Model;
}

namespace threadmill::harness {

/// How long a server may take to get ready, and to end when it was asked to, unless its file says otherwise.
inline constexpr std::chrono::milliseconds kReadyLimit{10'000};
inline constexpr std::chrono::milliseconds kStopLimit{5'000};

/// How a server says that it serves.
enum class ReadyBy {
  json_line,  ///< by a line {"port": ...} on its standard output
  connect,    ///< by accepting a connection on the port that it was given
};

struct Subject {
  std::string name;
  std::string summary;
  std::vector<std::string> services;
  std::vector<std::string> command;  ///< with {address}, {port}, {service}, {folder} (of the subject file),
                                     ///< {threadmill-server} (the program of our models) and {threadmill}
                                     ///< (this one) to fill in
  ReadyBy ready = ReadyBy::json_line;
  std::chrono::milliseconds ready_within = kReadyLimit;
  int stop_signal = SIGTERM;  ///< what it takes for a request to end with status 0
  std::chrono::milliseconds stop_within = kStopLimit;
  std::vector<std::string> version;  ///< the command whose first line of output is its version; may be empty
  std::vector<std::string> needs;    ///< programs that have to be there, beside the command's own
  std::string package;               ///< the Debian package that installs it, or ""
  bool is_model = false;
  bool is_variant =
      false;  ///< a model with an option that is not its default: flush, way of distributing, loops
  std::string concurrency;  ///< what serves a client: "thread per client", ...; "" for a foreign program

  bool offers(const std::string& service) const;
  /// Whether it may take longer than most to get ready; then its first answers may, too.
  bool starts_slowly() const { return ready_within > kReadyLimit; }
};

/// Our models, whose server program is `server`, each with its defaults and, as "epoll:tick" and
/// "broker:writers", with each other flush that needs no time to be named and each other way of distributing.
std::vector<Subject> model_subjects(const std::filesystem::path& server);

/// A foreign program as the `document` that `file` holds has it. Throws InputError naming the file and the
/// key.
Subject parse_subject(const nlohmann::json& document, const std::filesystem::path& file);

/// The same, read from the file.
Subject read_subject(const std::filesystem::path& file);

/// Models, then the subject files of each folder. Throws InputError, also for a name given twice.
std::vector<Subject> read_subjects(const std::filesystem::path& server,
                                   const std::vector<std::filesystem::path>& folders);

/// Everything that can be named: the models of threadmill-server at `server`, the foreign servers of
/// `home`/servers/peers and of more folders. Throws InputError.
std::vector<Subject> known_subjects(const std::filesystem::path& server, const std::filesystem::path& home,
                                    const std::vector<std::filesystem::path>& more_folders = {});

/// The subject called `name`. Of a model also one that is in no list because it needs a number: a flush with
/// a time, "epoll:delay:200us", or several loops, "broker:loops:4" and "broker:loops:4:handoff". Throws
/// InputError, which starts with `where`.
Subject find_subject(const std::vector<Subject>& known, const std::string& name, const std::string& where);

/// The command with its placeholders filled in.
std::vector<std::string> fill_in(const std::vector<std::string>& command,
                                 const std::map<std::string, std::string>& values);

/// A command as result files keep it: a program of ours without its folder, which tells nothing and belongs
/// to one machine.
std::vector<std::string> command_to_keep(const Subject& subject, std::vector<std::string> command);

/// Why the subject cannot be started on this machine, with the remedy; nothing when its program is there.
std::optional<std::string> why_missing(const Subject& subject);

/// The model of ours that a subject's name begins with; null where there is none.
const servers::Model* model_of(const Subject& subject);

}  // namespace threadmill::harness
