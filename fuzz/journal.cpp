// journal::read_contents: what it takes from any bytes writes back to the same bytes; what was written is
// read again, up to where it was cut or changed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/expect.h"
#include "servers/journal/record.h"

using namespace threadmill;
using servers::RoomMessage;
using Status = servers::journal::Contents::Status;

namespace {

std::string written(const std::vector<RoomMessage>& messages) {
  std::string file(servers::journal::kHeader);
  for (const auto& message : messages) servers::journal::append_record(file, message);
  return file;
}

/// Messages made of the input: a byte says how long each is.
std::vector<RoomMessage> messages_of(std::string_view input) {
  std::vector<RoomMessage> messages;
  while (!input.empty()) {
    const std::size_t length = static_cast<unsigned char>(input.front());
    const std::string_view body = input.substr(1, length);
    const std::size_t third = body.size() / 3;
    messages.push_back({messages.size() + 1, std::string(body.substr(0, third)),
                        std::string(body.substr(third, third)), std::string(body.substr(2 * third))});
    input.remove_prefix(1 + body.size());
  }
  return messages;
}

void expect_true_to_the_bytes(std::string_view file) {
  const auto contents = servers::journal::read_contents(file);
  fuzz::expect(contents.whole_bytes <= file.size(), "no more is whole than there is");
  if (contents.whole_bytes > 0) {
    fuzz::expect(written(contents.messages) == file.substr(0, contents.whole_bytes),
                 "messages write back to the bytes that they were read from");
  } else {
    fuzz::expect(contents.messages.empty(), "no message without a record");
  }
  const bool all = contents.whole_bytes == file.size();
  fuzz::expect((contents.status == Status::whole) == all, "a file is whole, or something is said of it");
  const auto again = servers::journal::read_contents(file.substr(0, contents.whole_bytes));
  fuzz::expect(again.status == Status::whole && again.messages == contents.messages,
               "cut where it says, a file is whole");
}

/// `file` begins with all of `messages`, up to the byte `at`: so many of them must be found, and they are the
/// same.
void expect_beginning(const std::vector<RoomMessage>& messages, std::string_view file, std::size_t at) {
  const auto found = servers::journal::read_contents(file).messages;
  std::size_t whole = 0;
  std::string before(servers::journal::kHeader);
  for (const auto& message : messages) {
    servers::journal::append_record(before, message);
    if (before.size() > at) break;
    ++whole;
  }
  fuzz::expect(found.size() == whole, "every record before the fault is found, and none behind it");
  for (std::size_t i = 0; i < whole; ++i)
    fuzz::expect(found[i] == messages[i], "a message is read as written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  expect_true_to_the_bytes(input);
  const auto messages = messages_of(input);
  std::string file = written(messages);
  expect_beginning(messages, file, file.size());
  const std::size_t at = size == 0 ? file.size() : (size * 7919 + data[size - 1]) % file.size();
  const std::string_view cut = std::string_view(file).substr(0, at);
  expect_true_to_the_bytes(cut);
  if (at >= servers::journal::kHeader.size()) {
    expect_beginning(messages, cut, at);
    if (at < file.size()) {
      file[at] = static_cast<char>(file[at] ^ 0x10);
      expect_true_to_the_bytes(file);
      expect_beginning(messages, file, at);
    }
  }
  return 0;
}
