#include "servers/staged/crashing_session.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>

namespace threadmill::servers {

// What has matched begins anew with its first character only: no other is the same.
static_assert(std::count(kCrashTrigger.begin(), kCrashTrigger.end(), kCrashTrigger.front()) == 1);

bool TriggerSearch::found_in(std::string_view bytes) {
  for (const char byte : bytes) {
    if (byte != kCrashTrigger[matched_]) matched_ = 0;
    if (byte == kCrashTrigger[matched_]) ++matched_;
    if (matched_ == kCrashTrigger.size()) return true;
  }
  return false;
}

void crash() {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would turn it into an exit
  ::raise(SIGSEGV);
  std::abort();  // where the signal is blocked
}

}  // namespace threadmill::servers
