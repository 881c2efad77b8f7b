#pragma once
// What clients of the chat send and hear.

#include <gmock/gmock.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/resp_encode.h"
#include "tests/conformance/client.h"
#include "tests/conformance/server_process.h"

namespace threadmill::conformance {

/// What a subscriber hears of a message.
inline std::string push(std::string_view topic, std::string_view payload) {
  std::string out;
  resp::append_message_push(out, topic, payload);
  return out;
}

inline std::string command(std::initializer_list<std::string_view> words) {
  std::string out;
  resp::append_command(out, words);
  return out;
}

inline const std::string kRefusal = "-ERR max number of clients reached\r\n";

/// A client that has subscribed and has been told so.
inline std::unique_ptr<Client> subscriber(const ServerProcess& server, const std::string& topic,
                                          int receive_buffer_bytes = 0) {
  auto client = std::make_unique<Client>(server.port(), receive_buffer_bytes);
  client->send("SUBSCRIBE " + topic + "\r\n");
  EXPECT_THAT(client->read_until(":1\r\n"), testing::HasSubstr(topic));
  return client;
}

}  // namespace threadmill::conformance
