#pragma once
// When the kernel says that bytes of a TCP connection arrived and left
// (https://docs.kernel.org/networking/timestamping.html).

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>

namespace threadmill::load::reference {

/// Returns once packets that arrive on 127.0.0.1 are stamped, for as long as some socket asks for it: the
/// kernel turns that on a moment after it was asked to. Throws std::runtime_error when it does not within a
/// second, and std::system_error.
void wait_for_stamping();

/// For a listening socket: what its connections receive is stamped from their first packet on, also what
/// comes before they are accepted. Throws std::system_error.
void stamp_arrivals(int listener);

/// For an accepted connection on which nothing was sent yet. Throws std::system_error.
void stamp_both_ways(int connection);

struct StampedRead {
  ssize_t bytes = 0;          ///< as recv(2) returns it, errno included
  std::int64_t stamp_ns = 0;  ///< CLOCK_REALTIME of the packet with the last of these bytes; 0: none given
};

/// Never blocks. The stamp is that of the last packet that it read from, so no more should be asked for than
/// one message. Packets that wait together may have been merged by the kernel, which keeps the later stamp.
StampedRead receive_stamped(int connection, std::span<char> buffer) noexcept;

struct Departure {
  std::uint32_t last_byte = 0;  ///< place in the stream of the last byte of the send(2), from 0, modulo 2^32
  std::int64_t stamp_ns = 0;    ///< CLOCK_REALTIME when its packet was handed to the device
};

/// The next stamp in the error queue, if one is there. Never blocks. The queue shares the receive buffer:
/// while that is full of what was not read, stamps are lost.
std::optional<Departure> next_departure(int connection) noexcept;

}  // namespace threadmill::load::reference
