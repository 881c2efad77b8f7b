#pragma once
// A log that what is done to topics goes through, before anybody hears of it: several servers that read the
// same log have the same topics.

#include "servers/core/topic_deed.h"

namespace threadmill::servers {

class Member;

/// Somebody who waits for what comes of his deeds.
class DeedWaiter {
 public:
  virtual ~DeedWaiter() = default;
  virtual void on_outcome(const TopicDeed& deed, const DeedOutcome& outcome) = 0;
};

/// All calls come from the thread of the fan-out.
class TopicLog {
 public:
  virtual ~TopicLog() = default;

  /// The deed is done once it comes back from the log, in the log's order, after what was appended before.
  /// `waiter` (null: nobody) hears of it then, never from inside this call; after that the session of `self`
  /// is given no bytes at all (Session::waits()).
  virtual void append(TopicDeed deed, DeedWaiter* waiter, Member& self) = 0;

  /// The waiter is gone: its deeds may still be done, but it does not hear of them.
  virtual void forget(DeedWaiter& waiter) = 0;
};

}  // namespace threadmill::servers
