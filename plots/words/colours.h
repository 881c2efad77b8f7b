#pragma once
// The colours of subjects.

#include <cstddef>
#include <map>
#include <string>

namespace threadmill::plots {

/// One colour per subject in every chart: Okabe and Ito, "Color Universal Design" (2008), told apart by
/// colour-blind readers too. The models have theirs for good, a ceiling is grey; others get what is left, in
/// the order in which they appear.
class Colours {
 public:
  /// `label` is what the chart calls the subject, with its run where there are several.
  std::string of(const std::string& label, const std::string& subject, bool is_ceiling);

 private:
  std::string choose(const std::string& subject);

  std::map<std::string, std::string> colours_;
  std::size_t next_ = 0;
};

}  // namespace threadmill::plots
