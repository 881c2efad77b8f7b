#include "harness/network/unnamed_namespace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "harness/network/network_error.h"
#include "os/network_namespace.h"

namespace threadmill::harness {

os::Descriptor make_unnamed_namespace() try {
  return os::make_network_namespace();
} catch (const std::system_error& error) {
  if (error.code() != std::errc::operation_not_permitted) throw NetworkError(error.what());
  throw NetworkError(fmt::format("making network namespaces {}", kNeedsRoot));
}

std::string path_of_namespace(const os::Descriptor& network_namespace) {
  return fmt::format("/proc/{}/fd/{}", ::getpid(), network_namespace.get());
}

os::Descriptor open_namespace(const std::string& path) {
  if (path.empty()) return {};
  os::Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened) return opened;
  if (errno == EACCES || errno == EPERM)
    throw NetworkError(fmt::format("entering a network namespace {}", kNeedsRoot));
  throw NetworkError(fmt::format("no network namespace at {}: {}", path, ::strerror(errno)));
}

}  // namespace threadmill::harness
