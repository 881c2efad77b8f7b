#include "plots/words/fault_words.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "results/file/json_access.h"

namespace threadmill::plots {
namespace {

struct FaultWords {
  const char* kind;
  const char* done;         ///< what happens
  const char* undone;       ///< before the time that it lasts; "" where it does not say
  const char* unless = "";  ///< when it is another time
};

constexpr FaultWords kFaults[] = {
    {"kill worker", "its busiest worker is killed (SIGKILL)", ""},
    {"kill", "the server is killed (SIGKILL)", "started again after",
     " (by its supervisor where it has one, in that one's time)"},
    {"restart", "the server is asked to end and started again", ""},
    {"stop", "the server is stopped (SIGSTOP)", "goes on after"},
    {"partition", "the line to the server is cut", "whole again after"},
    {"full disk", "the disk of the server's journal is full", "has room again after"},
};

}  // namespace

std::string fault_in_words(const nlohmann::json& fault) {
  const auto kind = results::text_at(fault, "/kind");
  for (const auto& words : kFaults) {
    if (kind != words.kind) continue;
    auto text =
        fmt::format("{:g} s into the window {}", results::number_at(fault, "/at_s").value_or(0), words.done);
    const auto for_s = results::number_at(fault, "/for_s");
    if (for_s && *words.undone != '\0')
      text += fmt::format(" and {} {:g} s{}", words.undone, *for_s, words.unless);
    return text;
  }
  return {};
}

}  // namespace threadmill::plots
