# THREADMILL_IO_URING: whether the model io-uring is built. All else does without liburing.
find_library(URING_LIBRARY uring)
find_path(URING_INCLUDE_DIR liburing.h)
if(URING_LIBRARY AND URING_INCLUDE_DIR)
  set(THREADMILL_IO_URING ON)
else()
  set(THREADMILL_IO_URING OFF)
  message(WARNING "liburing was not found: the model io-uring is left out; install liburing-dev to have it")
endif()
