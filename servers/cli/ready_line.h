#pragma once
// What threadmill-server says on standard output: a JSON line when it is ready, and one when it has ended.

#include "servers/cli/arguments.h"
#include "servers/counts.h"
#include "servers/net/listener.h"

namespace threadmill::servers {

/// `web` is the listener of the web, null where nobody serves it. The addresses of a cluster are not told:
/// they may have passwords in them.
void print_ready(const Arguments& arguments, const Listener& listener, const Listener* web,
                 const ModelTraits& traits);

void print_counts(const ServeCounts& counts);

}  // namespace threadmill::servers
