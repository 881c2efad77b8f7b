#include "harness/process/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include "os/descriptor_limit.h"
#include "os/errors.h"
#include "os/network_namespace.h"

namespace threadmill::harness {
namespace {

constexpr off_t kMostStderr = 1 << 20;
constexpr off_t kTail = 4096;
constexpr std::size_t kLongestWords = 300;

struct Pipe {
  os::Descriptor read;
  os::Descriptor write;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) os::throw_errno("pipe");
  return {os::Descriptor(ends[0]), os::Descriptor(ends[1])};
}

os::Descriptor make_stderr_file() {
  os::Descriptor file(::memfd_create("stderr", MFD_CLOEXEC));
  // Appending, so that the file can be cut to nothing while the child goes on writing.
  if (!file || ::fcntl(file.get(), F_SETFL, O_APPEND) != 0)
    os::throw_errno("memfd_create for a child's stderr");
  return file;
}

/// The steps of a child on its way to its program that may fail for reasons of their own.
enum class StartStep { pinning, entering_network, anything_else };

/// What a child could not do before it became its program, as it comes through a pipe.
struct FailedStart {
  int code = 0;  ///< errno
  StartStep step = StartStep::anything_else;
};

struct StandardFiles {
  int in, out, err;
};

/// What execvp wants; made before fork, for a child may not allocate.
std::vector<char*> argv_of(const ChildCommand& command) {
  std::vector<char*> argv;
  for (const auto& word : command.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  return argv;
}

// Between fork and exec. Returns only when something failed. An exception would leave the child running as a
// second harness, hence noexcept.
FailedStart become_program(char* const* argv, const ChildCommand& command, const StandardFiles& files,
                           pid_t parent) noexcept {
  const auto failed = [](StartStep step = StartStep::anything_else) {
    return FailedStart{errno == 0 ? ECANCELED : errno, step};
  };
  errno = 0;
  ::setpgid(0, 0);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) return failed();
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGHUP}) ::signal(signal, SIG_DFL);
  if (!os::try_pin_this_thread(command.cpus)) return failed(StartStep::pinning);
  if (!os::try_enter_network_namespace(command.network_namespace)) return failed(StartStep::entering_network);
  os::raise_descriptor_limit();
  if (::dup2(files.in, STDIN_FILENO) < 0 || ::dup2(files.out, STDOUT_FILENO) < 0 ||
      ::dup2(files.err, STDERR_FILENO) < 0)
    return failed();
  ::execvp(argv[0], argv);
  return failed();
}

std::string where_it_failed(const ChildCommand& command, StartStep step) {
  if (step == StartStep::pinning) return fmt::format(" on CPUs {}", fmt::join(command.cpus, ","));
  return step == StartStep::entering_network ? " in a network namespace" : "";
}

[[noreturn]] void throw_failed_start(const ChildCommand& command, const FailedStart& failure) {
  errno = failure.code;
  os::throw_errno("cannot start " + command.argv[0] + where_it_failed(command, failure.step));
}

std::int64_t microseconds(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
}

ChildExit to_exit(int status, const rusage& usage) {
  ChildExit exit;
  if (WIFEXITED(status)) exit.status = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) exit.signal = WTERMSIG(status);
  exit.user_us = microseconds(usage.ru_utime);
  exit.system_us = microseconds(usage.ru_stime);
  exit.max_rss_bytes = std::int64_t{usage.ru_maxrss} * 1024;
  return exit;
}

}  // namespace

std::string ChildExit::describe() const {
  if (signal) return fmt::format("was killed by signal {} ({})", *signal, ::strsignal(*signal));
  return fmt::format("exited with status {}", status.value_or(0));
}

ChildProcess::ChildProcess(EventLoop& loop, const ChildCommand& command)
    : loop_(loop), stderr_(make_stderr_file()) {
  Pipe in;
  Pipe out;
  if (command.with_stdin) in = make_pipe();
  if (command.with_lines) out = make_pipe();
  os::Descriptor child_in = std::move(in.read);
  os::Descriptor child_out = std::move(out.write);
  if (!child_in) child_in.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!child_out) child_out.reset(::fcntl(stderr_.get(), F_DUPFD_CLOEXEC, 0));
  stdin_ = std::move(in.write);
  if (out.read) lines_ = std::make_unique<LineReader>(loop, std::move(out.read), command.longest_line);
  start(command, std::move(child_in), std::move(child_out));
  exit_watch_ = loop.watch_readable(pidfd_.get(), [this] { reap(false); });
}

void ChildProcess::start(const ChildCommand& command, os::Descriptor in, os::Descriptor out) {
  // The write end closes itself on a successful exec; otherwise what failed comes through it.
  Pipe failure = make_pipe();
  const auto argv = argv_of(command);
  const StandardFiles files{in.get(), out.get(), stderr_.get()};
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) os::throw_errno("fork");
  if (pid_ == 0) {
    const FailedStart failed = become_program(argv.data(), command, files, parent);
    [[maybe_unused]] const auto written = ::write(failure.write.get(), &failed, sizeof failed);
    ::_exit(127);
  }
  failure.write.reset();
  FailedStart failed;
  if (::read(failure.read.get(), &failed, sizeof failed) == sizeof failed) {
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
    throw_failed_start(command, failed);
  }
  pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  if (!pidfd_) {
    const int saved = errno;
    ::kill(pid_, SIGKILL);
    reap(true);
    errno = saved;
    os::throw_errno("pidfd_open");
  }
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  if (!exit_) reap(true);
}

void ChildProcess::reap(bool wait) {
  int status = 0;
  rusage usage{};
  if (::wait4(pid_, &status, wait ? 0 : WNOHANG, &usage) != pid_) return;
  exit_ = to_exit(status, usage);
  exit_watch_.reset();
}

void ChildProcess::send_line(std::string_view line) {
  std::string text(line);
  text.push_back('\n');
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto count = ::write(stdin_.get(), rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool ChildProcess::stop(std::chrono::milliseconds grace, int request) {
  const auto has_ended = [this] { return exit_.has_value(); };
  if (!has_ended()) {
    // In this order: a SIGCONT after it would cancel the SIGSTOP by which a tracer attaches (LeakSanitizer's,
    // to a process that is ending), and both would wait for ever.
    ::kill(pid_, SIGCONT);
    ::kill(pid_, request);
  }
  const bool ended = loop_.wait_for(has_ended, grace);
  ::kill(-pid_, SIGKILL);  // also what it left behind in its group
  if (!ended) reap(true);
  return ended;
}

void ChildProcess::ask_to_end(std::chrono::milliseconds grace, int request) const {
  if (exit_) return;
  ::kill(pid_, SIGCONT);
  ::kill(pid_, request);
  pollfd ended{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
  ::poll(&ended, 1, static_cast<int>(grace.count()));
}

std::string shortened(std::string words) {
  return words.size() > kLongestWords ? words.substr(0, kLongestWords) + "..." : words;
}

std::string ChildProcess::stderr_tail() const {
  const off_t size = ::lseek(stderr_.get(), 0, SEEK_END);
  const off_t from = size > kTail ? size - kTail : 0;
  std::array<char, kTail> buffer{};
  const auto count = ::pread(stderr_.get(), buffer.data(), buffer.size(), from);
  if (count <= 0) return {};
  return {buffer.data(), static_cast<std::size_t>(count)};
}

std::string ChildProcess::last_words() const {
  std::string text = stderr_tail();
  text.erase(text.find_last_not_of(" \r\n") + 1);
  const auto line_start = text.rfind('\n');
  if (line_start != std::string::npos) text.erase(0, line_start + 1);
  return shortened(std::move(text));
}

void ChildProcess::trim_stderr() {
  if (::lseek(stderr_.get(), 0, SEEK_END) <= kMostStderr) return;
  // What is cut is long past: only the tail is ever quoted.
  [[maybe_unused]] const int result = ::ftruncate(stderr_.get(), 0);
}

}  // namespace threadmill::harness
