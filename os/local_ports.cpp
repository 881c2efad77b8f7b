#include "os/local_ports.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <string>

namespace threadmill::os {
namespace {

struct Range {
  std::uint32_t first = 32'768;  // net.ipv4.ip_local_port_range as kernels come
  std::uint32_t last = 60'999;
};

/// Takes a number from the front of `text`, with the white space before it.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

Range read_range(std::string_view text) {
  const auto first = take_number(text);
  const auto last = take_number(text);
  return first && last ? Range{*first, *last} : Range{};
}

/// The next entry of a list such as "8080,9148-9200".
std::optional<Range> take_entry(std::string_view& list) {
  const auto first = take_number(list);
  if (!first) return std::nullopt;
  if (!list.starts_with('-')) return Range{*first, *first};
  list.remove_prefix(1);
  const auto last = take_number(list);
  if (!last) return std::nullopt;
  return Range{*first, *last};
}

std::uint32_t common_ports(const Range& a, const Range& b) {
  const std::uint32_t first = std::max(a.first, b.first);
  const std::uint32_t last = std::min(a.last, b.last);
  return first <= last ? last - first + 1 : 0;
}

std::string first_line(const char* file) {
  std::string line;
  std::ifstream in(file);
  std::getline(in, line);
  return line;
}

}  // namespace

std::uint32_t count_local_ports(std::string_view range, std::string_view reserved) {
  const Range all = read_range(range);
  std::uint32_t ports = common_ports(all, all);
  while (const auto entry = take_entry(reserved)) {  // entries do not overlap: the kernel prints a bitmap
    ports -= std::min(ports, common_ports(all, *entry));
    if (!reserved.starts_with(',')) break;
    reserved.remove_prefix(1);
  }
  return ports;
}

std::uint32_t read_local_ports() {
  return count_local_ports(first_line("/proc/sys/net/ipv4/ip_local_port_range"),
                           first_line("/proc/sys/net/ipv4/ip_local_reserved_ports"));
}

}  // namespace threadmill::os
