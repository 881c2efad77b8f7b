#include "harness/selftest/loopback_copy.h"

#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "os/address.h"
#include "os/clock.h"
#include "os/descriptor.h"
#include "os/errors.h"

namespace threadmill::harness {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr double kStartSeconds = 0.05;
constexpr std::uint64_t kLeastPieces = 16;  // of fewer, a rate tells when threads were let run, not how fast
constexpr double kPatienceSeconds = 5;

os::Descriptor stream_socket() {
  os::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) os::throw_errno("socket for the loopback's copy rate");
  return socket;
}

/// Both ends of a connection on 127.0.0.1.
std::pair<os::Descriptor, os::Descriptor> connected_pair() {
  const os::Descriptor listener = stream_socket();
  const os::SocketAddress any_port("127.0.0.1", 0);
  if (::bind(listener.get(), any_port.get(), any_port.size()) < 0 || ::listen(listener.get(), 1) < 0)
    os::throw_errno("listen on " + any_port.to_string());
  const auto address = os::SocketAddress::of_socket(listener.get());
  os::Descriptor client = stream_socket();
  if (::connect(client.get(), address.get(), address.size()) < 0)
    os::throw_errno("connect to " + address.to_string());
  os::Descriptor accepted(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!accepted) os::throw_errno("accept on " + address.to_string());
  return {std::move(client), std::move(accepted)};
}

/// A thread that works on one end until stop() or an error, and counts the bytes.
class Copier {
 public:
  template <typename Step>
  Copier(os::Descriptor end, const os::CpuSet& cpus, Step step)
      : end_(std::move(end)), thread_([this, cpus, step] {
          pin(cpus);
          std::vector<char> piece(kPieceBytes);
          for (ssize_t n = 0; (n = step(end_.get(), piece)) > 0 || (n < 0 && errno == EINTR);)
            if (n > 0) bytes_.fetch_add(static_cast<std::uint64_t>(n), std::memory_order_relaxed);
          // The other end must not wait for one that gave up.
          ::shutdown(end_.get(), SHUT_RDWR);
        }) {}

  ~Copier() {
    stop();
    thread_.join();
  }
  Copier(const Copier&) = delete;
  Copier& operator=(const Copier&) = delete;

  void stop() { ::shutdown(end_.get(), SHUT_RDWR); }
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  /// A figure from another CPU is better than none.
  static void pin(const os::CpuSet& cpus) noexcept {
    try {
      os::pin_this_thread(cpus);
    } catch (const std::exception&) {
    }
  }

  os::Descriptor end_;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::thread thread_;  // last: it uses the others
};

void sleep_for_seconds(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

}  // namespace

nlohmann::json loopback_copy(const CpuPlan& cpus, double seconds) {
  auto [client, accepted] = connected_pair();
  const Copier reader(std::move(client), cpus.generator, [](int fd, std::vector<char>& piece) {
    return ::recv(fd, piece.data(), piece.size(), 0);
  });
  const Copier writer(std::move(accepted), cpus.server, [](int fd, const std::vector<char>& piece) {
    return ::send(fd, piece.data(), piece.size(), MSG_NOSIGNAL);
  });
  sleep_for_seconds(kStartSeconds);
  const std::uint64_t bytes_before = reader.bytes();
  const std::int64_t start_ns = os::monotonic_ns();
  sleep_for_seconds(seconds);
  while (reader.bytes() - bytes_before < kLeastPieces * kPieceBytes &&
         static_cast<double>(os::monotonic_ns() - start_ns) < kPatienceSeconds * 1e9)
    sleep_for_seconds(seconds);
  const auto bytes = static_cast<double>(reader.bytes() - bytes_before);
  const auto window_ns = static_cast<double>(os::monotonic_ns() - start_ns);
  return {{"piece_bytes", kPieceBytes}, {"bytes_per_s", 1e9 * bytes / window_ns}};
}

}  // namespace threadmill::harness
