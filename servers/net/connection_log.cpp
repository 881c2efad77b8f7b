#include "servers/net/connection_log.h"

#include <fmt/format.h>

#include <cstdio>

namespace threadmill::servers {

void ConnectionLog::opened() {
  fmt::print(stderr, "threadmill-server: a connection opened, {} active\n", ++active_[0]);
}

void ConnectionLog::closed() {
  fmt::print(stderr, "threadmill-server: a connection closed, {} active\n", --active_[0]);
}

}  // namespace threadmill::servers
