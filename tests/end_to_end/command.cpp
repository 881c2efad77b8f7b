#include "tests/end_to_end/command.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace threadmill {
namespace {

std::string read_all(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void send_to_file(int fd, const std::filesystem::path& file) {
  ::dup2(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600), fd);
}

}  // namespace

Command::Command(const std::vector<std::string>& argv) {
  std::string name = (std::filesystem::temp_directory_path() / "threadmill-command-XXXXXX").string();
  folder_ = ::mkdtemp(name.data());
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ != 0) return;
  send_to_file(STDOUT_FILENO, folder_ / "out");
  send_to_file(STDERR_FILENO, folder_ / "err");
  ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

Command::~Command() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::filesystem::remove_all(folder_);
}

std::string Command::out() const { return read_all(folder_ / "out"); }
std::string Command::err() const { return read_all(folder_ / "err"); }

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

std::string built(const std::string& program) { return std::string(THREADMILL_BIN_DIR) + "/" + program; }

}  // namespace threadmill
