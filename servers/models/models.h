#pragma once
// The entry point of each model, for the registry. What a model is stands at the head of its file.

#include "servers/core/service.h"
#include "servers/counts.h"
#include "servers/options.h"

namespace threadmill::servers {

class Listener;
class StopToken;

ServeCounts serve_fork(Listener&, const Service&, const ServeOptions&, const StopToken&);
ServeCounts serve_thread(Listener&, const Service&, const ServeOptions&, const StopToken&);
ServeCounts serve_epoll(Listener&, const Service&, const ServeOptions&, const StopToken&);
ServeCounts serve_broker(Listener&, const Service&, const ServeOptions&, const StopToken&);
ServeCounts serve_bare_epoll(Listener&, const Service&, const ServeOptions&, const StopToken&);

}  // namespace threadmill::servers
