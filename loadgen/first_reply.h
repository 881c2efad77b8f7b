#pragma once
// What every reply of a run has to be equal to.

#include <mutex>
#include <string>
#include <string_view>

namespace threadmill::load {

/// The first reply of a run, whichever thread gets it. Every member function from any thread.
class FirstReply {
 public:
  /// Whether `content` is what came first. The first one asked about is.
  bool equals(std::string_view content) {
    std::call_once(seen_, [&] { content_ = content; });
    return content == content_;
  }

 private:
  std::once_flag seen_;
  std::string content_;
};

}  // namespace threadmill::load
