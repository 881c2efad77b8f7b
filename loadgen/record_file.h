#pragma once
// What publishers have said and what was confirmed, in a file, for whoever judges a server that was killed.

#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "os/descriptor.h"

namespace threadmill::load {

/// Opened before the run. append() from any thread; lines of one call stay together.
class RecordFile {
 public:
  /// Empties the file, or makes it. Throws std::runtime_error where it cannot be written.
  explicit RecordFile(const std::string& path);

  void append(std::string_view lines) noexcept;
  /// Whether all that was appended is in it.
  bool whole() const noexcept { return whole_.load(std::memory_order_relaxed); }

 private:
  os::Descriptor file_;
  std::atomic<bool> whole_{true};
};

/// The lines of one thread's publishers: "sent PUBLISHER SEQUENCE PAYLOAD" when the socket has taken the
/// first byte of the message, "confirmed PUBLISHER SEQUENCE" when its reply was read. Written in large
/// pieces, the last one by flush() or the destructor. Does nothing without a file.
class PublicationRecord {
 public:
  explicit PublicationRecord(RecordFile* file) noexcept : file_(file) {}
  ~PublicationRecord() { flush(); }
  PublicationRecord(const PublicationRecord&) = delete;
  PublicationRecord& operator=(const PublicationRecord&) = delete;

  bool wanted() const noexcept { return file_ != nullptr; }
  /// `payload` is text without spaces and line ends.
  void sent(std::uint32_t publisher, std::uint64_t sequence, std::string_view payload);
  void confirmed(std::uint32_t publisher, std::uint64_t sequence);
  void flush() noexcept;

 private:
  void flush_if_long() noexcept;

  RecordFile* file_;
  std::string lines_;
};

}  // namespace threadmill::load
