#include "loadgen/bystanders/crowd.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace threadmill::load {
namespace {

constexpr std::uint32_t kMostPending = 64;  // of each kind; more only overflow the server's backlog

std::string error_text(int error) { return std::generic_category().message(error); }

}  // namespace

Crowd::Crowd(const CrowdPlace& place, std::uint32_t size, const ConnectOptions& options)
    : place_(place),
      options_(options),
      peers_(size),
      scratch_(std::make_unique_for_overwrite<char[]>(kScratchBytes)) {
  counts_.asked = size;
}

void Crowd::connect_more() {
  while (next_ < size() && pending_ < kMostPending) connect_next();
}

void Crowd::connect_next() {
  const std::uint32_t index = next_++;
  auto begun = begin_connect(place_.target, place_.first_number + index, options_);
  peers_[index].fd = std::move(begun.fd);
  if (begun.error != 0) {
    lose(index, error_text(begun.error));
    return;
  }
  peers_[index].stage = Stage::connecting;
  ++pending_;
  place_.loop.add(fd(index), EPOLLOUT, place_.token_base + index);
}

void Crowd::handle(std::uint32_t index, std::uint32_t events) {
  const Stage stage = peers_[index].stage;
  if (stage == Stage::connecting) {
    finish_connect(index);
  } else if (stage != Stage::gone) {
    on_event(index, events);
  }
}

void Crowd::finish_connect(std::uint32_t index) {
  --pending_;
  if (const int error = connect_error(fd(index)); error != 0) {
    lose(index, error_text(error));
    return;
  }
  peers_[index].stage = Stage::connected;
  on_connected(index);
}

void Crowd::give_up() {
  for (std::uint32_t index = 0; index < size(); ++index) {
    if (peers_[index].settled) continue;
    if (is_established(index)) {  // but not as it was meant to be, and it is we who end it
      peers_[index].stage = Stage::connected;
      --counts_.established;
    }
    lose(index, "not ready in time");
  }
  next_ = size();
  pending_ = 0;
}

void Crowd::watch(std::uint32_t index, std::uint32_t events) {
  place_.loop.modify(fd(index), events, place_.token_base + index);
}

void Crowd::establish(std::uint32_t index) {
  peers_[index].stage = Stage::established;
  ++counts_.established;
}

void Crowd::settle(std::uint32_t index) {
  if (peers_[index].settled) return;
  peers_[index].settled = true;
  ++settled_;
}

void Crowd::lose(std::uint32_t index, const std::string& reason) {
  if (peers_[index].stage == Stage::gone) return;
  if (is_established(index)) {
    ++counts_.dropped_by_server;
  } else {
    ++counts_.connect_failures;
    if (first_failure_.empty()) first_failure_ = reason;
  }
  peers_[index].stage = Stage::gone;
  peers_[index].fd.reset();
  settle(index);
}

std::uint64_t Crowd::discard_uncounted(std::uint32_t index, std::uint64_t most) {
  std::uint64_t all = 0;
  while (all < most) {
    // MSG_TRUNC: the bytes are not even copied to us (tcp(7)).
    const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(most - all, kScratchBytes));
    const ssize_t got = ::recv(fd(index), scratch_.get(), room, MSG_TRUNC | MSG_DONTWAIT);
    if (got <= 0) {
      if (got == 0) lose(index, "the server closed the connection");
      if (got < 0 && errno != EAGAIN && errno != EINTR) lose(index, error_text(errno));
      break;
    }
    all += static_cast<std::uint64_t>(got);
  }
  return all;
}

std::uint64_t Crowd::discard(std::uint32_t index, std::uint64_t most) {
  const std::uint64_t all = discard_uncounted(index, most);
  counts_.bytes_read += all;
  return all;
}

std::size_t Crowd::send(std::uint32_t index, const char* bytes, std::size_t size) {
  const ssize_t sent = ::send(fd(index), bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno != EAGAIN && errno != EINTR) lose(index, error_text(errno));
  return 0;
}

}  // namespace threadmill::load
