// Readiness from select(2).

#include <sys/select.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <climits>
#include <vector>

#include "os/errors.h"
#include "servers/net/poller.h"

namespace threadmill::servers {
namespace {

using Word = unsigned long;  // of which an fd_set consists, in the kernel too
constexpr std::size_t kWordBits = sizeof(Word) * CHAR_BIT;

/// A set of descriptors as the kernel reads it: a bit each. fd_set is one of 1024 bits, and its macros write
/// beyond its end from there on; the system call itself takes sets of any length.
class DescriptorSet {
 public:
  void resize(std::size_t words) { words_.resize(words); }
  void put(std::size_t number, bool is_in) {
    const Word bit = Word{1} << (number % kWordBits);
    Word& word = words_[number / kWordBits];
    word = is_in ? word | bit : word & ~bit;
  }
  void copy_from(const DescriptorSet& other, std::size_t words) {
    std::copy_n(other.words_.begin(), words, words_.begin());
  }
  Word word(std::size_t index) const { return words_[index]; }
  fd_set* for_kernel() { return reinterpret_cast<fd_set*>(words_.data()); }

 private:
  std::vector<Word> words_;
};

std::size_t words_for(std::size_t descriptors) { return (descriptors + kWordBits - 1) / kWordBits; }

class SelectPoller : public Poller {
 public:
  bool add(int fd, std::uint32_t events, Watched& watched) override {
    const auto number = static_cast<std::size_t>(fd);
    if (number >= watched_.size()) grow(number + 1);
    watched_[number] = &watched;
    end_ = std::max(end_, number + 1);
    put(number, events);
    return true;
  }
  bool change(int fd, std::uint32_t events, Watched&) override {
    put(static_cast<std::size_t>(fd), events);
    return true;
  }
  void remove(int fd) override {
    const auto number = static_cast<std::size_t>(fd);
    put(number, 0);
    watched_[number] = nullptr;
    while (end_ > 0 && watched_[end_ - 1] == nullptr) --end_;
  }

  std::span<const epoll_event> wait(const timespec* timeout) override {
    events_.clear();
    const std::size_t words = words_for(end_);
    readable_.copy_from(read_, words);
    writable_.copy_from(write_, words);
    const int bits = ::pselect(static_cast<int>(end_), readable_.for_kernel(), writable_.for_kernel(),
                               nullptr, timeout, nullptr);
    if (bits < 0 && errno != EINTR) os::throw_errno("pselect");
    if (bits <= 0) return {};  // interrupted, the sets are as they were given
    for (std::size_t i = 0; i < words; ++i) {
      for (Word ready = readable_.word(i) | writable_.word(i); ready != 0; ready &= ready - 1) {
        report(i, static_cast<std::size_t>(std::countr_zero(ready)));
      }
    }
    return events_;
  }

 private:
  void grow(std::size_t descriptors) {
    const std::size_t words = words_for(descriptors);
    watched_.resize(words * kWordBits);
    for (DescriptorSet* set : {&read_, &write_, &readable_, &writable_}) set->resize(words);
  }
  void put(std::size_t number, std::uint32_t events) {
    read_.put(number, (events & EPOLLIN) != 0);
    write_.put(number, (events & EPOLLOUT) != 0);
  }
  /// An error and a hang-up count as readable and writable: what is tried then tells which it is.
  void report(std::size_t word, std::size_t bit) {
    epoll_event event{};
    if ((readable_.word(word) >> bit) & 1U) event.events |= EPOLLIN;
    if ((writable_.word(word) >> bit) & 1U) event.events |= EPOLLOUT;
    event.data.ptr = watched_[word * kWordBits + bit];
    events_.push_back(event);
  }

  std::vector<Watched*> watched_;  ///< by descriptor
  std::size_t end_ = 0;            ///< one more than the highest that is watched
  DescriptorSet read_;
  DescriptorSet write_;
  DescriptorSet readable_;  ///< what the kernel said last, as writable_
  DescriptorSet writable_;
  std::vector<epoll_event> events_;
};

}  // namespace

std::unique_ptr<Poller> select_poller() { return std::make_unique<SelectPoller>(); }

}  // namespace threadmill::servers
