#pragma once
// A clock for what has to happen in time.

#include <chrono>
#include <functional>

#include "os/descriptor.h"
#include "servers/core/service.h"
#include "servers/net/event_loop.h"

namespace threadmill::servers {

/// Calls `on_tick` in `loop`, once a period. The loop outlives what is returned: the timer, which may be
/// unwatched. Throws std::system_error.
os::Descriptor watch_period(EventLoop& loop, std::chrono::nanoseconds period, std::function<void()> on_tick);

/// Calls service.tick(fanout) in `loop`, once a period. All outlive what is returned: the timer, to be
/// unwatched when the loop stops; none for a service that does not tick. Throws std::system_error.
os::Descriptor watch_ticks(EventLoop& loop, const Service& service, Fanout& fanout);

}  // namespace threadmill::servers
