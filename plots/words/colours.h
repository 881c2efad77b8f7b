#pragma once
// How charts tell subjects apart: by colour, and lines by their dashes too.

#include <cstddef>
#include <map>
#include <set>
#include <string>

namespace threadmill::plots {

/// One colour per subject, the same in every chart of every report: the models have Okabe and Ito's ("Color
/// Universal Design", 2008), their variants (`epoll:tick`) a shade of them, the peers of servers/peers/ what
/// is far from both; a ceiling is grey. A server that nobody knows has a colour by its name, another one only
/// where that is taken. The subjects of a further run have a shade of theirs.
class Colours {
 public:
  /// `run` counts from 0.
  std::string of(const std::string& subject, bool is_ceiling, std::size_t run = 0);

 private:
  std::string choose(const std::string& subject);

  std::map<std::string, std::string> chosen_;  // by subject
  std::set<std::string> taken_;
};

/// The name of a subject's dashes where lines would look alike: "solid" for the models themselves; "dashed",
/// "dotted", "dash-dot", "long-dash" or "dash-dot-dot" for variants, foreign servers and further runs.
/// plots/charts/ draws them.
std::string dash_of(const std::string& subject, std::size_t run = 0);

}  // namespace threadmill::plots
