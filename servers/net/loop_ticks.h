#pragma once
// A clock for services that have something to publish in time.

#include "os/descriptor.h"
#include "servers/core/service.h"
#include "servers/net/event_loop.h"

namespace threadmill::servers {

/// Calls service.tick(fanout) in `loop`, once a period. All outlive what is returned: the timer, to be
/// unwatched when the loop stops; none for a service that does not tick. Throws std::system_error.
os::Descriptor watch_ticks(EventLoop& loop, const Service& service, Fanout& fanout);

}  // namespace threadmill::servers
