// The least that an echo server can do which gives each client a thread or a process of its own: accept, then
// recv(2) and send(2) until the client leaves. Prints {"port"}; serves until SIGTERM.
//
//   bare-blocking thread|fork

#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <thread>

#include "os/address.h"
#include "os/descriptor.h"
#include "os/errors.h"

namespace {

using namespace threadmill;

os::Descriptor listen_anywhere() {
  os::Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const os::SocketAddress any_port("127.0.0.1", 0);
  if (!listener || ::bind(listener.get(), any_port.get(), any_port.size()) < 0 ||
      ::listen(listener.get(), 4096) < 0)
    os::throw_errno("listen on " + any_port.to_string());
  return listener;
}

int port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) < 0) os::throw_errno("getsockname");
  return ntohs(address.sin_port);
}

/// Until the client leaves; then the socket is closed.
void echo(int client) {
  std::array<char, 64 << 10> buffer;
  ssize_t got = 0;
  while ((got = ::recv(client, buffer.data(), buffer.size(), 0)) > 0) {
    if (::send(client, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) break;
  }
  ::close(client);
}

void echo_in_child(int client, int listener) {
  if (::fork() == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close(listener);
    echo(client);
    std::_Exit(0);
  }
  ::close(client);
}

[[noreturn]] void serve(int listener, bool in_threads) {
  ::signal(SIGCHLD, SIG_IGN);  // nobody asks how a child ended
  while (true) {
    const int client = ::accept(listener, nullptr, nullptr);
    if (client < 0) os::throw_errno("accept");
    if (in_threads) {
      std::thread(echo, client).detach();
    } else {
      echo_in_child(client, listener);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view way = argc == 2 ? argv[1] : "";
  if (way != "thread" && way != "fork") {
    std::fputs("usage: bare-blocking thread|fork\n", stderr);
    return 2;
  }
  try {
    const os::Descriptor listener = listen_anywhere();
    std::printf("{\"port\": %d}\n", port_of(listener.get()));
    std::fflush(stdout);
    serve(listener.get(), way == "thread");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bare-blocking: %s\n", error.what());
    return 1;
  }
}
