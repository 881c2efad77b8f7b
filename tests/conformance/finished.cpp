#include "tests/conformance/finished.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>

namespace threadmill::conformance {

Finished run_to_end(const std::string& command) {
  Finished finished;
  FILE* pipe = ::popen(("timeout 60 " + command + " 2>&1").c_str(), "r");
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    finished.output.append(buffer.data(), got);
  }
  const int status = ::pclose(pipe);
  finished.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return finished;
}

}  // namespace threadmill::conformance
