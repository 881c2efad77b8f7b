#include "servers/journal/record.h"

#include <cstdint>
#include <optional>
#include <stdexcept>

#include "protocol/message_sum.h"

namespace threadmill::servers::journal {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kSumBytes = 8;
constexpr std::size_t kFrontBytes = kLengthBytes + kSumBytes;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kNameLengthBytes = 2;
constexpr std::size_t kFixedPayloadBytes = kNumberBytes + 2 * kNameLengthBytes;
constexpr std::size_t kMostPayloadBytes = 1 << 20;
constexpr std::size_t kMostNameBytes = 0xffff;

void append_number(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

std::uint64_t number_at(std::string_view text, std::size_t at, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(text[at + i])} << (8 * i);
  }
  return value;
}

/// The payload of the record that `input` begins with, where that is whole and right.
std::optional<std::string_view> whole_payload(std::string_view input) {
  if (input.size() < kFrontBytes) return std::nullopt;
  const std::size_t length = number_at(input, 0, kLengthBytes);
  if (length < kFixedPayloadBytes || length > kMostPayloadBytes || length > input.size() - kFrontBytes) {
    return std::nullopt;
  }
  const auto payload = input.substr(kFrontBytes, length);
  if (protocol::xxh3(payload) != number_at(input, kLengthBytes, kSumBytes)) return std::nullopt;
  const std::size_t names = number_at(payload, kNumberBytes, kNameLengthBytes) +
                            number_at(payload, kNumberBytes + kNameLengthBytes, kNameLengthBytes);
  if (names > length - kFixedPayloadBytes) return std::nullopt;
  return payload;
}

RoomMessage message_of(std::string_view payload) {
  const std::size_t room_bytes = number_at(payload, kNumberBytes, kNameLengthBytes);
  const std::size_t name_bytes = number_at(payload, kNumberBytes + kNameLengthBytes, kNameLengthBytes);
  const std::size_t name_at = kFixedPayloadBytes + room_bytes;
  return {number_at(payload, 0, kNumberBytes), std::string(payload.substr(kFixedPayloadBytes, room_bytes)),
          std::string(payload.substr(name_at, name_bytes)),
          std::string(payload.substr(name_at + name_bytes))};
}

/// A write that was cut short ends the file. If a whole record stands anywhere behind the wrong one, whose
/// length may be what is wrong, the file was changed later. Texts cannot look like a record: they have no
/// control characters.
bool whole_record_behind(std::string_view wrong) {
  for (std::size_t at = 1; at + kFrontBytes < wrong.size(); ++at) {
    if (whole_payload(wrong.substr(at))) return true;
  }
  return false;
}

}  // namespace

void append_record(std::string& out, const RoomMessage& message) {
  const std::size_t length =
      kFixedPayloadBytes + message.room.size() + message.name.size() + message.text.size();
  if (length > kMostPayloadBytes || message.room.size() > kMostNameBytes ||
      message.name.size() > kMostNameBytes) {
    throw std::length_error("a message is too long for the journal");
  }
  std::string payload;
  payload.reserve(length);
  append_number(payload, message.number, kNumberBytes);
  append_number(payload, message.room.size(), kNameLengthBytes);
  append_number(payload, message.name.size(), kNameLengthBytes);
  payload.append(message.room).append(message.name).append(message.text);
  append_number(out, length, kLengthBytes);
  append_number(out, protocol::xxh3(payload), kSumBytes);
  out.append(payload);
}

Contents read_contents(std::string_view file) {
  Contents contents;
  if (file.size() < kHeader.size()) {
    // The file was made, and its header was not written whole.
    if (!kHeader.starts_with(file)) contents.status = Contents::Status::foreign;
    if (!file.empty() && contents.status == Contents::Status::whole) contents.status = Contents::Status::torn;
    return contents;
  }
  if (!file.starts_with(kHeader)) {
    contents.status = Contents::Status::foreign;
    return contents;
  }
  std::size_t at = kHeader.size();
  while (const auto payload = whole_payload(file.substr(at))) {
    contents.messages.push_back(message_of(*payload));
    at += kFrontBytes + payload->size();
  }
  contents.whole_bytes = at;
  if (at < file.size()) {
    contents.status =
        whole_record_behind(file.substr(at)) ? Contents::Status::damaged : Contents::Status::torn;
  }
  return contents;
}

}  // namespace threadmill::servers::journal
