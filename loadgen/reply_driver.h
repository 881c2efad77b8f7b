#pragma once
// Loads a server with one request, again and again: every reply must be the same.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/first_reply.h"
#include "loadgen/reply_format.h"
#include "loadgen/request_driver.h"

namespace threadmill::load {

/// Replies come in the order of their requests. One that is byte for byte like the last good one is good, and
/// nothing of it is looked at twice or copied; any other is read with the protocol's format.
class ReplyDriver final : public RequestDriver {
 public:
  /// `first` is common to all threads of the run, and outlives the driver.
  ReplyDriver(const Plan& plan, std::size_t thread, Engine& engine, FirstReply& first,
              std::unique_ptr<ReplyFormat> format);

 private:
  /// A reply of which a part has come.
  struct Partial {
    std::shared_ptr<const std::string> like{};  // so far it equals the start of this reply; null: it does not
    std::size_t alike = 0;                      // how much of it
    std::string bytes{};                        // what came, where it is like none
    std::size_t at_least = 0;                   // it takes that many to read them
  };

  void write(char* to, std::size_t, std::uint64_t, std::size_t offset, std::size_t count) const override {
    request_.copy(to, count, offset);
  }
  void take(std::size_t connection, const char* bytes, std::size_t size, std::int64_t now_ns) override;
  bool in_mid_answer(std::size_t connection) const override { return partials_[connection] != nullptr; }
  void left(std::size_t connection) override { partials_[connection].reset(); }

  std::size_t take_known(std::size_t connection, std::string_view input, std::int64_t now_ns);
  std::size_t take_alike(std::size_t connection, std::string_view input, std::int64_t now_ns);
  std::size_t take_new(std::size_t connection, std::string_view input, std::int64_t now_ns);
  std::size_t read(std::size_t connection, std::string_view input, std::int64_t now_ns);
  void good(std::size_t connection, std::int64_t now_ns);
  void judge(std::size_t connection, const ParsedReply& reply, std::string_view bytes, std::int64_t now_ns);
  void refused(std::size_t connection, const std::string& reason, std::int64_t now_ns);
  void give_up(std::size_t connection, Loss loss, const std::string& reason);

  std::unique_ptr<ReplyFormat> format_;
  std::string request_;
  FirstReply& first_;
  std::shared_ptr<const std::string> known_;        // the last good reply, whole; empty before there is one
  std::vector<std::unique_ptr<Partial>> partials_;  // null where no reply is under way
};

}  // namespace threadmill::load
