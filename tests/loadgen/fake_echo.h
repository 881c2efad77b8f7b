#pragma once
// An echo server whose every answer the test decides.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "loadgen/plan.h"
#include "tests/loadgen/fake_server.h"

namespace threadmill::load {

Plan echo_plan(std::uint16_t port, std::uint32_t connections, std::uint32_t message_bytes,
               std::uint64_t messages);

void plain_echo(FakeServer& server, int connection, std::string_view bytes);

/// Called for the message with that number on its connection.
using MessageHandler =
    std::function<void(FakeServer& server, int connection, int number, const std::string& message)>;

/// Gives whole messages of 64 bytes to `handle`.
FakeServer::Handler by_message(MessageHandler handle);

}  // namespace threadmill::load
