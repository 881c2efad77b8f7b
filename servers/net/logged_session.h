#pragma once
// Sessions of event loops that tell a log how many there are.

#include <memory>
#include <utility>

#include "servers/core/session.h"
#include "servers/net/connection_log.h"

namespace threadmill::servers {

class LoggedSession : public Session {
 public:
  LoggedSession(std::unique_ptr<Session> session, ConnectionLog& log)
      : session_(std::move(session)), log_(log) {
    log_.opened();
  }
  ~LoggedSession() override { log_.closed(); }
  Verdict on_bytes(std::string_view bytes, Outbox& out) override { return session_->on_bytes(bytes, out); }
  bool resumes() const override { return session_->resumes(); }
  bool waits() const override { return session_->waits(); }

 private:
  std::unique_ptr<Session> session_;
  ConnectionLog& log_;
};

/// The session as it is where nobody keeps a log (null).
inline std::unique_ptr<Session> logged(std::unique_ptr<Session> session, ConnectionLog* log) {
  if (log == nullptr) return session;
  return std::make_unique<LoggedSession>(std::move(session), *log);
}

}  // namespace threadmill::servers
