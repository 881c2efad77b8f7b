#include "harness/network/segment_counts.h"

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/process/proc_file.h"
#include "os/network_namespace.h"

namespace threadmill::harness {

// Two lines for each protocol: "Tcp: RtoAlgorithm ... OutSegs RetransSegs ..." and "Tcp: 1 ... 812 7 ...".
SegmentCounts parse_segment_counts(const std::string& snmp) {
  std::istringstream text(snmp);
  std::map<std::string, std::uint64_t> values;
  for (std::string names_line, values_line;
       std::getline(text, names_line) && std::getline(text, values_line);) {
    if (!names_line.starts_with("Tcp:")) continue;
    std::istringstream names(names_line), numbers(values_line);
    std::string name, number;
    while (names >> name && numbers >> number) values[name] = std::strtoull(number.c_str(), nullptr, 10);
  }
  return {values["OutSegs"], values["RetransSegs"]};
}

SegmentCounts count_segments(int network_namespace) {
  SegmentCounts counts;
  os::in_network_namespace(network_namespace, [&] {
    counts = parse_segment_counts(read_proc_file("/proc/thread-self/net/snmp"));
  });
  return counts;
}

nlohmann::json to_json_of(const SegmentCounts& counts) {
  return {{"segments_sent", counts.sent}, {"segments_sent_again", counts.again}};
}

}  // namespace threadmill::harness
