#include "plots/words/colours.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "plots/words/shades.h"

namespace threadmill::plots {
namespace {

constexpr const char* kCeiling = "#999999";

enum Dash : std::size_t { solid, dashed, dotted, dash_dot, long_dash, dash_dot_dot };
constexpr std::array kDashNames{"solid", "dashed", "dotted", "dash-dot", "long-dash", "dash-dot-dot"};

struct Known {
  std::string_view subject;
  std::string_view colour;
  Dash dash;
};

/// Where two look alike to somebody who is colour-blind, their dashes differ. Models of a family have a hue
/// in common: processes, threads, one loop, several loops, Asio.
constexpr std::array kKnown{
    Known{"fork", "#D55E00", solid},
    Known{"fork:tick", "#F29A5C", dashed},
    Known{"thread", "#E69F00", solid},
    Known{"thread:tick", "#A87400", dashed},
    Known{"epoll", "#0072B2", solid},
    Known{"epoll:tick", "#56B4E9", dashed},
    Known{"broker", "#009E73", solid},
    Known{"broker:broadcast", "#006B4E", dotted},
    Known{"broker:immediate", "#006B4E", dotted},  // what broker:broadcast was called before
    Known{"broker:writers", "#4DB892", dashed},
    Known{"iterative", "#695D73", dash_dot},
    Known{"prefork", "#B65F1E", dotted},
    Known{"prefork-dispatch", "#BC1C01", long_dash},
    Known{"process-loops", "#F87E09", dash_dot_dot},
    Known{"thread-pool", "#CB9402", dotted},
    Known{"leader-follower", "#C9930F", long_dash},
    Known{"reactor-pool", "#866615", dash_dot_dot},
    Known{"select", "#5F8EEA", dash_dot_dot},
    Known{"poll", "#0953D4", long_dash},
    Known{"epoll-edge", "#57A1F6", dotted},
    Known{"multi-reactor", "#227748", long_dash},
    Known{"reuseport", "#1D8F60", dash_dot},
    Known{"asio-callback", "#9531D8", dotted},
    Known{"asio-coroutine", "#BF5BE5", dash_dot},
    Known{"asio-pool", "#9A2AEC", dash_dot_dot},
    Known{"io-uring", "#D01B3A", solid},
    Known{"redis-server", "#CC79A7", long_dash},
    Known{"node", "#999933", dash_dot},
    Known{"python-asyncio", "#99336B", dash_dot_dot},
    Known{"python", "#99336B", dash_dot_dot},  // what it was called before where it serves chat and web
    Known{"python-fork", "#8C510A", dash_dot},
    Known{"python-thread", "#7360B0", long_dash},
};

constexpr std::array kOthers{"#CC6677", "#6F8FB8", "#7F8F2F", "#B05FC0",
                             "#B5794A", "#4F9F9F", "#8A7FD6", "#8F7F6F"};

const Known* find_known(std::string_view subject) {
  const auto found = std::find_if(kKnown.begin(), kKnown.end(),
                                  [&](const Known& known) { return known.subject == subject; });
  return found == kKnown.end() ? nullptr : &*found;
}

/// "epoll" of "epoll:delay:200us" and of "epoll@old/threadmill-server".
std::string_view model_of(std::string_view subject) { return subject.substr(0, subject.find_first_of(":@")); }

/// FNV-1a: the same for a name on every machine and in every version, which std::hash does not promise.
std::size_t place_of(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

/// The colour of a variant that has none of its own.
std::string variant_of(std::string_view colour, std::string_view subject) {
  return subject.find(":immediate") == std::string_view::npos ? greyer(colour) : darker(colour);
}

Dash own_dash(std::string_view subject) {
  if (const Known* known = find_known(subject)) return known->dash;
  if (subject.find(":tick") != std::string_view::npos) return dashed;
  if (subject.find(":immediate") != std::string_view::npos) return dotted;
  if (find_known(model_of(subject)) != nullptr) return dash_dot_dot;
  return place_of(subject) % 2 == 0 ? dash_dot : long_dash;
}

}  // namespace

std::string Colours::of(const std::string& subject, bool is_ceiling, std::size_t run) {
  const auto [entry, is_new] = chosen_.try_emplace(subject);
  if (is_new) entry->second = is_ceiling ? kCeiling : choose(subject);
  return shade_of_run(entry->second, run);
}

std::string Colours::choose(const std::string& subject) {
  if (const Known* known = find_known(subject)) return std::string(known->colour);
  if (const Known* model = find_known(model_of(subject))) return variant_of(model->colour, subject);
  std::size_t place = place_of(subject);
  for (std::size_t tries = 1; tries < kOthers.size() && taken_.contains(kOthers[place % kOthers.size()]);
       ++tries)
    ++place;
  const std::string colour = kOthers[place % kOthers.size()];
  taken_.insert(colour);
  return colour;
}

std::string dash_of(const std::string& subject, std::size_t run) {
  return kDashNames[(own_dash(subject) + run) % kDashNames.size()];
}

}  // namespace threadmill::plots
