# THREADMILL_NATS: whether servers can share a log on NATS (--cluster). All else does without libnats. Its own CMake
# configuration names a static library that Debian does not package.
find_library(NATS_LIBRARY nats)
find_path(NATS_INCLUDE_DIR nats/nats.h)
if(NATS_LIBRARY AND NATS_INCLUDE_DIR)
  set(THREADMILL_NATS ON)
else()
  set(THREADMILL_NATS OFF)
  message(STATUS "libnats was not found: threadmill-server --cluster will say so; install libnats-dev to have it")
endif()
