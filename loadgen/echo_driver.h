#pragma once
// Loads an echo server: what is sent must come back, byte for byte, in order, on its own connection.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "loadgen/echo_message.h"
#include "loadgen/request_driver.h"

namespace threadmill::load {

/// Requests carry whose they are, so that each answer is matched with its request by that and not by its
/// place: one that overtakes another, comes twice or comes to the wrong connection is told as what it is.
class EchoDriver final : public RequestDriver {
 public:
  EchoDriver(const Plan& plan, std::size_t thread, Engine& engine);

 private:
  /// The answer under way on a connection.
  struct Answer {
    std::uint64_t highest = 0;                           // one past the latest request that was answered
    std::size_t got_part = 0;                            // bytes of it that came
    bool got_wrong = false;                              // its filler is not right
    std::array<char, EchoMessages::kStampBytes> head{};  // its stamp
  };

  void write(char* to, std::size_t connection, std::uint64_t sequence, std::size_t offset,
             std::size_t count) const override {
    messages_.write(to, number_of(connection), sequence, offset, count);
  }
  void take(std::size_t connection, const char* bytes, std::size_t size, std::int64_t now_ns) override;
  bool in_mid_answer(std::size_t connection) const override { return answers_[connection].got_part > 0; }
  void left(std::size_t connection) override {
    answers_[connection].got_part = 0;
    answers_[connection].got_wrong = false;
  }

  std::size_t take_part(std::size_t connection, const char* bytes, std::size_t size, std::int64_t now_ns);
  void judge(std::size_t connection, std::int64_t now_ns);
  void right(std::size_t connection, std::uint64_t sequence, std::int64_t now_ns);

  EchoMessages messages_;
  std::vector<Answer> answers_;
};

}  // namespace threadmill::load
