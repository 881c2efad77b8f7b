#pragma once
// Shades of a colour, "#RRGGBB", that stay seen on a light ground and on a dark one.

#include <cstddef>
#include <string>
#include <string_view>

namespace threadmill::plots {

/// How much two colours differ in lightness, from 1 to 21: WCAG's contrast ratio.
double contrast(std::string_view a, std::string_view b);

/// As dark as still stands out from the page's dark ground.
std::string darker(std::string_view colour);

/// Halfway to a middle grey.
std::string greyer(std::string_view colour);

/// The colour itself for run 0, and a shade of it for each further one; they begin anew with the fourth.
std::string shade_of_run(const std::string& colour, std::size_t run);

}  // namespace threadmill::plots
