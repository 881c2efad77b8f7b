#pragma once
// A run for the tests of charts: every data set has records in it, and every figure follows from arithmetic.

#include "results/file/store.h"

namespace threadmill::plots {

/// Trials of 4 s, so many repeats of each:
///   echo with 16, 128 and 1,024 connections, each with 64 and 4,096-byte messages: bare-epoll, fork, thread,
///   epoll, broker. With 1,024 connections fork loses messages once, and epoll and broker are equally fast
///   echo at 20,000 requests a second
///   chat fan-out to 10, 100 and 1,000 subscribers: fork, thread, epoll, broker
/// On a machine whose loopback copies 2 GB a second.
results::ResultFile staged_suite(int repeats = 3);

}  // namespace threadmill::plots
