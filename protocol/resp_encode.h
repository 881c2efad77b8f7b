#pragma once
// Writing RESP2 (https://redis.io/docs/reference/protocol-spec): replies, pushes and commands.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace threadmill::resp {

/// "+OK\r\n". `text` holds no CR or LF.
void append_simple(std::string& out, std::string_view text);
/// "-ERR ...\r\n". CR and LF in `text` become spaces, so that input quoted in a message cannot forge a reply.
void append_error(std::string& out, std::string_view text);
/// ":42\r\n".
void append_integer(std::string& out, std::int64_t value);
/// "$3\r\nabc\r\n". Any bytes.
void append_bulk(std::string& out, std::string_view bytes);
/// "$-1\r\n".
void append_null_bulk(std::string& out);
/// "*3\r\n"; the elements follow.
void append_array_header(std::string& out, std::size_t elements);

/// A command as clients send it: an array of bulk strings.
void append_command(std::string& out, std::initializer_list<std::string_view> words);

/// What a subscriber of `topic` receives: the array "message", topic, payload.
void append_message_push(std::string& out, std::string_view topic, std::string_view payload);

}  // namespace threadmill::resp
