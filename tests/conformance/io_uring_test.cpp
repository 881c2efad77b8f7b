#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <thread>

#include "tests/conformance/every_model.h"

namespace threadmill::conformance {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Whatever the calling thread starts from now on is refused io_uring, with `error`, as by a kernel that has
/// none.
void refuse_io_uring(int error) {
  std::array filter = {
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

TEST(IoUring, WhereTheKernelHasNoneTheServerSaysSoAndIsNeverReady) {
  if (servers::find_model("io-uring") == nullptr) GTEST_SKIP() << "built without liburing";
  const std::pair<int, const char*> cases[] = {{ENOSYS, "this kernel has no io_uring"},
                                               {EPERM, "io_uring is forbidden here"}};
  for (const auto& [error, reason] : cases) {
    std::thread([&, error = error, reason = reason] {
      refuse_io_uring(error);
      ServerProcess server(arguments("io-uring", "echo"));
      EXPECT_EQ(server.port(), 0);
      EXPECT_EQ(server.wait(), 1);
      EXPECT_THAT(server.errors(), StartsWith("threadmill-server: --model io-uring: "));
      EXPECT_THAT(server.errors(), HasSubstr(reason));
      EXPECT_THAT(server.errors(), HasSubstr("choose another --model"));
    }).join();
  }
}

}  // namespace
}  // namespace threadmill::conformance
