#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "os/descriptor.h"
#include "tests/support/command.h"
#include "tests/support/temporary_folder.h"

namespace threadmill::groupchat {

/// `threadmill groupchat` with a keyboard that is ours and a history that outlives it.
class ReadingProcess {
 public:
  /// Starts it.
  ReadingProcess(std::string url, std::string user, std::string group);

  void start();
  /// SIGKILL; start() starts it again on its history.
  void kill();
  void type(const std::string& line);
  void close_keyboard() { keyboard_.reset(); }
  Finished wait() { return program_->wait(); }
  pid_t pid() const { return program_->pid(); }

  /// What it has shown, over all its lives.
  std::string shown() const { return shown_before_ + program_->out(); }
  std::string complaints() const { return program_->err(); }
  /// How often each id is in its history.
  std::map<std::string, int> readings() const;
  std::uintmax_t history_bytes() const;

 private:
  std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

  TemporaryFolder folder_;
  std::string url_;
  std::string user_;
  std::string group_;
  os::Descriptor keyboard_;
  std::unique_ptr<Command> program_;
  std::string shown_before_;
};

}  // namespace threadmill::groupchat
