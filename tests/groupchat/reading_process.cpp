#include "tests/groupchat/reading_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "groupchat/message.h"
#include "os/errors.h"
#include "tests/support/text_files.h"

namespace threadmill::groupchat {

ReadingProcess::ReadingProcess(std::string url, std::string user, std::string group)
    : url_(std::move(url)), user_(std::move(user)), group_(std::move(group)) {
  const auto keyboard = file("keyboard");
  if (::mkfifo(keyboard.c_str(), 0600) != 0) os::throw_errno("mkfifo");
  keyboard_.reset(::open(keyboard.c_str(), O_RDWR | O_CLOEXEC));
  start();
}

void ReadingProcess::start() {
  // The words are of the shell's own arguments, so that none is read as a part of its script.
  program_ = std::make_unique<Command>(
      std::vector<std::string>{"/bin/sh", "-c", "keyboard=$1; shift; exec \"$@\" <\"$keyboard\"", "sh",
                               file("keyboard").string(), built("threadmill"), "groupchat", "--url", url_,
                               "--user", user_, "--group", group_, "--history", file("history").string()});
}

void ReadingProcess::kill() {
  ::kill(program_->pid(), SIGKILL);
  shown_before_ += program_->wait().out;
}

void ReadingProcess::type(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(keyboard_.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    os::throw_errno("write");
  }
}

std::map<std::string, int> ReadingProcess::readings() const {
  std::string text = contents_of(file("history"));
  text.resize(text.rfind('\n') + 1);  // the line that is being written is not read yet; npos + 1 is 0
  std::map<std::string, int> readings;
  for (const auto& line : lines_of(text)) ++readings[read_message(line).id];
  return readings;
}

std::uintmax_t ReadingProcess::history_bytes() const {
  std::error_code none_yet;
  const auto size = std::filesystem::file_size(file("history"), none_yet);
  return none_yet ? 0 : size;
}

}  // namespace threadmill::groupchat
