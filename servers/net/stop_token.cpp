#include "servers/net/stop_token.h"

#include <signal.h>
#include <sys/signalfd.h>

#include "os/errors.h"

namespace threadmill::servers {

StopToken::StopToken() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) os::throw_errno("sigprocmask");
  signals_.reset(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!signals_) os::throw_errno("signalfd");
}

}  // namespace threadmill::servers
