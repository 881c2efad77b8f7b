#include "harness/host/host_name.h"

#include <algorithm>

namespace threadmill::harness {

bool is_host_name(std::string_view text) {
  constexpr std::string_view others = "._-";
  const auto fits = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           others.find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= 253 && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), fits);
}

}  // namespace threadmill::harness
