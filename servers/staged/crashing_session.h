#pragma once
// Sessions that one client can make crash.

#include <memory>
#include <utility>

#include "servers/core/session.h"
#include "servers/staged/staging.h"

namespace threadmill::servers {

/// Looks for a text in bytes that come split anywhere.
class TriggerSearch {
 public:
  /// Whether kCrashTrigger ends in `bytes`, which follow those of the call before.
  bool found_in(std::string_view bytes);

 private:
  std::size_t matched_ = 0;
};

/// Ends this process at once by SIGSEGV, without a core file.
[[noreturn]] void crash();

class CrashingSession : public Session {
 public:
  explicit CrashingSession(std::unique_ptr<Session> session) : session_(std::move(session)) {}
  Verdict on_bytes(std::string_view bytes, Outbox& out) override {
    if (search_.found_in(bytes)) crash();
    return session_->on_bytes(bytes, out);
  }
  bool resumes() const override { return session_->resumes(); }
  bool waits() const override { return session_->waits(); }

 private:
  std::unique_ptr<Session> session_;
  TriggerSearch search_;
};

}  // namespace threadmill::servers
