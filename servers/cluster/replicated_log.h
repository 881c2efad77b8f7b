#pragma once
// A log that others keep, several times over, and that several servers append to and read.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace threadmill::servers {

/// What the log has to say; each is about one entry, or an attempt to append or read one.
struct LogNews {
  enum class Kind {
    entry,     ///< it is in the log, for good as far as the log promises
    refused,   ///< the log does not take or give it now; another attempt may find it willing
    none,      ///< there is no entry at or behind `asked`
    repeated,  ///< an append found its id in the log already, and added nothing
    again,     ///< the connection to the log is back
  };
  Kind kind = Kind::entry;
  std::uint64_t sequence = 0;  ///< of an entry: its place in the log
  std::uint64_t asked = 0;     ///< of an answer to read_from(): what was asked for; 0: it came by itself
  std::string text = {};       ///< an entry's bytes; why something was refused
};

/// Used by one thread; none of it waits. Entries that are new come by themselves, most often in order and
/// once; who reads has to put up with some that are missing or come again.
class ReplicatedLog {
 public:
  virtual ~ReplicatedLog() = default;

  /// Readable while news wait.
  virtual int fd() const = 0;
  /// What came since the last call.
  virtual std::vector<LogNews> take_news() = 0;

  /// Tries to append an entry. One that is in the log, it or an earlier attempt with the same `id`, comes as
  /// news; an attempt may also come to nothing, without a word.
  virtual void append(std::string_view id, std::string_view bytes) = 0;

  /// Asks for the first entry whose sequence is not below this one.
  virtual void read_from(std::uint64_t sequence) = 0;

  /// Of the latest entry when the log was opened; 0: it was empty.
  virtual std::uint64_t last_sequence() const = 0;
  /// Tells this log from others, and from an earlier one in its place; without spaces and '-'.
  virtual std::string name() const = 0;
  /// Longest entry, in bytes.
  virtual std::size_t entry_limit_bytes() const = 0;
  /// How many servers keep it.
  virtual std::size_t replicas() const = 0;
};

/// The stream that NATS JetStream keeps it in.
inline constexpr const char* kLogStream = "threadmill";

/// Opens the log that the NATS servers at these addresses keep, "nats://a:4222,nats://b:4222", making it
/// where there is none: with three copies where three or more are named, else one. Throws
/// std::invalid_argument where they are no addresses, and std::runtime_error, with the remedy, where none can
/// be reached or this build has no library for it. Starts threads.
std::unique_ptr<ReplicatedLog> open_replicated_log(const std::string& urls);

}  // namespace threadmill::servers
