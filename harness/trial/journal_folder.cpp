#include "harness/trial/journal_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include "harness/trial/trial_failure.h"
#include "os/errors.h"

namespace threadmill::harness {
namespace {

constexpr const char* kSize = "4m";
constexpr const char* kFiller = "filler";

/// fsopen(2), fsconfig(2), fsmount(2): a mount that is attached to no tree.
os::Descriptor make_tmpfs() {
  const os::Descriptor context(::fsopen("tmpfs", FSOPEN_CLOEXEC));
  if (!context) os::throw_errno("fsopen");
  if (::fsconfig(context.get(), FSCONFIG_SET_STRING, "size", kSize, 0) != 0 ||
      ::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
    os::throw_errno("fsconfig");
  os::Descriptor mount(::fsmount(context.get(), FSMOUNT_CLOEXEC, 0));
  if (!mount) os::throw_errno("fsmount");
  return mount;
}

}  // namespace

JournalFolder::JournalFolder(On on) try {
  if (on == On::disk) {
    path_ = folder_.emplace().path();
  } else {
    mount_ = make_tmpfs();
    path_ = fmt::format("/proc/{}/fd/{}", ::getpid(), mount_.get());
  }
} catch (const std::system_error& error) {
  throw TrialFailure("start", fmt::format("there is no place for the server's journal: {}{}", error.what(),
                                          on == On::disk ? "" : " (a small tmpfs takes root)"));
}

void JournalFolder::fill() {
  const os::Descriptor filler(::openat(mount_.get(), kFiller, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!filler) os::throw_errno("make the file that fills the disk");
  const std::vector<char> piece(4096);
  while (::write(filler.get(), piece.data(), piece.size()) > 0) {
  }
  if (errno != ENOSPC) os::throw_errno("fill the disk");
}

void JournalFolder::empty() {
  if (::unlinkat(mount_.get(), kFiller, 0) != 0) os::throw_errno("empty the disk");
}

}  // namespace threadmill::harness
