#include "tests/support/command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/text_files.h"

namespace threadmill {
namespace {

/// Nothing yet where the command has not begun.
std::string text_so_far(const std::filesystem::path& file) {
  return std::filesystem::exists(file) ? contents_of(file) : "";
}

void send_to_file(int fd, const std::filesystem::path& file) {
  ::dup2(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), fd);
}

}  // namespace

Command::Command(const std::vector<std::string>& argv) {
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ != 0) return;
  send_to_file(STDOUT_FILENO, folder_.path() / "out");
  send_to_file(STDERR_FILENO, folder_.path() / "err");
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

Command::~Command() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

std::string Command::out() const { return text_so_far(folder_.path() / "out"); }
std::string Command::err() const { return text_so_far(folder_.path() / "err"); }

Finished Command::wait() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out(), err()};
}

Finished threadmill_cli(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), built("threadmill"));
  return Command(arguments).wait();
}

Finished threadmill_shell(const std::string& words) {
  return Command({"/bin/sh", "-c", built("threadmill") + " " + words}).wait();
}

std::string built(const std::string& program) { return std::string(THREADMILL_BIN_DIR) + "/" + program; }

}  // namespace threadmill
