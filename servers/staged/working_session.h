#pragma once
// Sessions of which each takes CPU time now and then.

#include <atomic>
#include <cstdint>
#include <memory>

#include "servers/core/session.h"
#include "servers/staged/staging.h"

namespace threadmill::servers {

/// Counts on, for all processes that are forked after it was made.
class SharedCounter {
 public:
  /// Throws std::system_error.
  SharedCounter();
  ~SharedCounter();
  SharedCounter(const SharedCounter&) = delete;
  SharedCounter& operator=(const SharedCounter&) = delete;

  /// 0, 1, 2, ...; each number once. From any thread and process.
  std::uint64_t next() { return count_->fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t>* count_;
};

/// Which of its first `every` batches is the first one that burns: sessions numbered one after the other are
/// spread evenly, the same ones in every model. Below `every`.
std::uint64_t first_to_burn(std::uint64_t session, std::uint64_t every);

/// Keeps the calling thread on its CPU until it has used that much CPU time, which does not pass while others
/// have the CPU.
void use_cpu(std::int64_t cpu_ns);

class WorkingSession : public Session {
 public:
  WorkingSession(std::unique_ptr<Session> session, const HandlerWork& work, std::uint64_t number)
      : session_(std::move(session)), work_(work), left_(first_to_burn(number, work.every)) {}
  Verdict on_bytes(std::string_view bytes, Outbox& out) override {
    if (left_-- == 0) {
      left_ = work_.every - 1;
      use_cpu(work_.cpu_ns);
    }
    return session_->on_bytes(bytes, out);
  }
  bool resumes() const override { return session_->resumes(); }
  bool waits() const override { return session_->waits(); }

 private:
  std::unique_ptr<Session> session_;
  HandlerWork work_;
  std::uint64_t left_;  // batches before one burns
};

}  // namespace threadmill::servers
