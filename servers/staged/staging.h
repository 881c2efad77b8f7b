#pragma once
// What a server does on purpose in an experiment, beside its work: handlers that take CPU time, and a handler
// that crashes.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "servers/core/service.h"

namespace threadmill::servers {

/// CPU time that one in `every` batches of bytes of each session burns; 0 ns: none.
struct HandlerWork {
  std::int64_t cpu_ns = 0;
  std::uint64_t every = 1;

  bool any() const { return cpu_ns > 0; }
};

/// Reads "5ms:1%": a time (us or ms, at most 10 s) and the share of the batches that take it, which has to be
/// one in a whole number. Throws std::invalid_argument saying what is accepted.
HandlerWork parse_work(std::string_view text);

enum class Fault {
  none,
  crash,  ///< a session that is sent kCrashTrigger ends the process that serves it, as a bad pointer would
};

/// Reads "crash". Throws std::invalid_argument saying what is accepted.
Fault parse_fault(std::string_view text);

/// No load sends it. To a server without Fault::crash it is bytes as others are.
inline constexpr std::string_view kCrashTrigger = "THREADMILL-CRASH\r\n";

/// The service as it is, or one whose sessions do what is asked for. To be made before the server forks: its
/// processes share the count of their sessions.
std::unique_ptr<Service> staged(std::unique_ptr<Service> service, const HandlerWork& work, Fault fault);

}  // namespace threadmill::servers
