#pragma once
// The parent's side of a channel to a child of the model `fork`.

#include <string>
#include <vector>

#include "servers/core/fanout.h"
#include "servers/core/session.h"
#include "servers/core/switchboard_frame.h"

namespace threadmill::servers {

/// Reads what a child asks (see FrameKind) and acts on the parent's topics, in which the child is a member.
class SwitchboardSession : public Session {
 public:
  /// `topics`, the rooms that they lead to and `child` outlive the session.
  SwitchboardSession(Fanout& topics, Member& child) : topics_(topics), child_(child) {}
  ~SwitchboardSession() override;

  Verdict on_bytes(std::string_view bytes, Outbox& out) override;

 private:
  void run(const Frame& frame, Outbox& out);
  void run_in_lobby(const Frame& frame, Outbox& out);

  Fanout& topics_;
  Member& child_;
  std::string partial_;
  std::vector<std::string> joined_;
  bool in_lobby_ = false;
};

}  // namespace threadmill::servers
