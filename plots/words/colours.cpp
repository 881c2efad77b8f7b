#include "plots/words/colours.h"

#include <array>

namespace threadmill::plots {

std::string Colours::of(const std::string& label, const std::string& subject, bool is_ceiling) {
  if (is_ceiling) return "#999999";
  const auto [entry, is_new] = colours_.try_emplace(label);
  if (is_new) entry->second = choose(subject);
  return entry->second;
}

std::string Colours::choose(const std::string& subject) {
  static const std::map<std::string, std::string> models{{"fork", "#D55E00"},
                                                         {"thread", "#E69F00"},
                                                         {"epoll", "#0072B2"},
                                                         {"broker", "#009E73"},
                                                         {"epoll:tick", "#56B4E9"}};
  static constexpr std::array others{"#CC79A7", "#F0E442", "#000000"};
  const auto model = models.find(subject);
  return model != models.end() ? model->second : others[next_++ % others.size()];
}

}  // namespace threadmill::plots
