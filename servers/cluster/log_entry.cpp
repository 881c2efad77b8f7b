#include "servers/cluster/log_entry.h"

#include "servers/core/channel.h"

namespace threadmill::servers {
namespace {

// "TML1", writer, number; then of each deed its kind, the lengths of its texts, and the texts.
constexpr std::string_view kMark = "TML1";
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kKindBytes = 1;
constexpr std::size_t kTopicLengthBytes = 2;
constexpr std::size_t kPayloadLengthBytes = 4;
constexpr std::size_t kDeedFrontBytes = kKindBytes + kTopicLengthBytes + kPayloadLengthBytes;
static_assert(kEntryFrontBytes == kMark.size() + 2 * kNumberBytes);

void append_number(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

/// Takes from the front of bytes that may end too early.
class Cutter {
 public:
  explicit Cutter(std::string_view bytes) : rest_(bytes) {}
  bool at_end() const { return rest_.empty(); }
  bool failed() const { return failed_; }

  std::string_view text(std::size_t bytes) {
    if (bytes > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const auto cut = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return cut;
  }

  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    std::size_t place = 0;
    for (const char c : text(bytes)) value |= std::uint64_t{static_cast<unsigned char>(c)} << (8 * place++);
    return value;
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

/// What a session would have refused is no deed of ours either.
bool is_sound(std::uint64_t kind, std::string_view topic) {
  return kind <= static_cast<std::uint64_t>(TopicDeed::Kind::erase) &&
         topic_fault(topic, kMostTopicBytes).empty();
}

}  // namespace

std::size_t encoded_bytes(const TopicDeed& deed) {
  return kDeedFrontBytes + deed.topic.size() + deed.payload.size();
}

std::string begin_entry(std::uint64_t writer, std::uint64_t number, std::size_t bytes) {
  std::string entry;
  entry.reserve(bytes);
  entry += kMark;
  append_number(entry, writer, kNumberBytes);
  append_number(entry, number, kNumberBytes);
  return entry;
}

void append_deed(std::string& entry, const TopicDeed& deed) {
  append_number(entry, static_cast<std::uint64_t>(deed.kind), kKindBytes);
  append_number(entry, deed.topic.size(), kTopicLengthBytes);
  append_number(entry, deed.payload.size(), kPayloadLengthBytes);
  entry += deed.topic;
  entry += deed.payload;
}

std::optional<LogEntry> decode_entry(std::string_view bytes) {
  Cutter cutter(bytes);
  if (cutter.text(kMark.size()) != kMark) return std::nullopt;
  LogEntry entry;
  entry.writer = cutter.number(kNumberBytes);
  entry.number = cutter.number(kNumberBytes);
  while (!cutter.at_end()) {
    const auto kind = cutter.number(kKindBytes);
    const auto topic_bytes = cutter.number(kTopicLengthBytes);
    const auto payload_bytes = cutter.number(kPayloadLengthBytes);
    const auto topic = cutter.text(topic_bytes);
    const auto payload = cutter.text(payload_bytes);
    if (cutter.failed() || !is_sound(kind, topic) || entry.deeds.size() == kMostDeedsInEntry)
      return std::nullopt;
    entry.deeds.push_back({static_cast<TopicDeed::Kind>(kind), std::string(topic), std::string(payload)});
  }
  if (cutter.failed()) return std::nullopt;
  return entry;
}

}  // namespace threadmill::servers
