#include "servers/net/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "os/errors.h"

namespace threadmill::servers {
namespace {

// About what a letter costs besides its bytes.
constexpr std::size_t kLetterBytes = 128;

// And each addressee.
constexpr std::size_t kAddresseeBytes = sizeof(Member*);

std::size_t charged_bytes(std::string_view topic, const SharedPublication& publication) {
  return topic.size() + publication->bytes.size() + kLetterBytes;
}

}  // namespace

Mailbox::Mailbox(std::size_t limit_bytes)
    : limit_bytes_(limit_bytes), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!wake_) os::throw_errno("eventfd");
}

Mailbox::Posted Mailbox::post(std::string_view topic, const SharedPublication& publication, Mailbox& sender) {
  const std::size_t bytes = charged_bytes(topic, publication);
  const std::lock_guard lock(mutex_);
  if (closed_) return Posted::closed;
  if (!mail_.letters.empty() && waiting_bytes_ + bytes > limit_bytes_) {
    remember_refused(sender);
    return Posted::full;
  }
  mail_.letters.push_back({std::string(topic), publication});
  waiting_bytes_ += bytes;
  wake_receiver();
  return Posted::taken;
}

void Mailbox::remember_refused(Mailbox& sender) {
  if (std::find(refused_.begin(), refused_.end(), &sender) == refused_.end()) refused_.push_back(&sender);
}

void Mailbox::post_all(std::vector<Letter>& letters) {
  if (letters.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      for (Letter& letter : letters) {
        waiting_bytes_ +=
            charged_bytes(letter.topic, letter.publication) + letter.to.size() * kAddresseeBytes;
        mail_.letters.push_back(std::move(letter));
      }
      wake_receiver();
    }
  }
  letters.clear();
}

bool Mailbox::has_room(Mailbox& sender) {
  if (waiting_bytes_.load(std::memory_order_relaxed) < limit_bytes_) return true;
  const std::lock_guard lock(mutex_);
  if (waiting_bytes_ < limit_bytes_) return true;
  remember_refused(sender);
  return false;
}

bool Mailbox::post(os::Descriptor& socket) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  mail_.sockets.push_back(std::move(socket));
  wake_receiver();
  return true;
}

void Mailbox::acknowledge() {
  const std::lock_guard lock(mutex_);
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
  is_woken_ = false;
}

bool Mailbox::take(Mail& mail) {
  std::unique_lock lock(mutex_);
  if (mail_.letters.empty() && mail_.sockets.empty()) return false;
  std::swap(mail, mail_);
  waiting_bytes_ = 0;
  const auto senders = std::exchange(refused_, {});
  lock.unlock();
  wake_senders(senders);
  return true;
}

void Mailbox::close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  const Mail forgotten = std::exchange(mail_, {});
  waiting_bytes_ = 0;
  const auto senders = std::exchange(refused_, {});
  lock.unlock();
  wake_senders(senders);
}

void Mailbox::wake_receiver() {
  if (is_woken_) return;
  is_woken_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto put = ::write(wake_.get(), &one, sizeof one);
}

void Mailbox::wake() {
  const std::lock_guard lock(mutex_);
  wake_receiver();
}

void Mailbox::wake_senders(const std::vector<Mailbox*>& senders) {
  for (Mailbox* sender : senders) sender->wake();
}

}  // namespace threadmill::servers
