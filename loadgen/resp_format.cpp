#include <fmt/format.h>

#include "loadgen/reply_format.h"
#include "protocol/resp_encode.h"
#include "protocol/resp_reply.h"

namespace threadmill::load {
namespace {

constexpr resp::ReplyLimits kLimits{.bulk_bytes = 16 << 20, .elements = 1 << 16};
constexpr std::size_t kMostReasonBytes = 200;

class RespFormat final : public ReplyFormat {
 public:
  explicit RespFormat(const std::vector<std::string>& command) : name_(command.front()) {
    resp::append_array_header(request_, command.size());
    for (const auto& word : command) resp::append_bulk(request_, word);
  }

  std::string request() const override { return request_; }

  ParsedReply parse(std::string_view bytes) override {
    const auto result = resp::parse_reply(bytes, reply_, kLimits);
    if (result.status == resp::ReplyStatus::incomplete) return {.bytes = result.at_least};
    if (result.status == resp::ReplyStatus::malformed) {
      return {.status = ParsedReply::Status::malformed,
              .bytes = bytes.size(),
              .reason = fmt::format("the server does not speak RESP2: {}", result.reason)};
    }
    if (reply_.kind == resp::ReplyKind::error) {
      return {.status = ParsedReply::Status::refused,
              .bytes = result.consumed,
              .reason = fmt::format("the server answered {} with an error: {}", name_,
                                    reply_.text.substr(0, kMostReasonBytes))};
    }
    return {.status = ParsedReply::Status::whole,
            .bytes = result.consumed,
            .content = bytes.substr(0, result.consumed)};
  }

 private:
  std::string name_;
  std::string request_;
  resp::Reply reply_;
};

}  // namespace

std::unique_ptr<ReplyFormat> resp_format(const std::vector<std::string>& command) {
  return std::make_unique<RespFormat>(command);
}

}  // namespace threadmill::load
