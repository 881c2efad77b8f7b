#pragma once
// "Did you mean": what to say about a name that nobody knows.

#include <string>
#include <string_view>
#include <vector>

namespace threadmill::harness {

/// "unknown model 'epol'; did you mean 'epoll'? there are: fork, thread, epoll."
std::string unknown_name_message(std::string_view kind, std::string_view name,
                                 const std::vector<std::string>& candidates);

}  // namespace threadmill::harness
