#include "plots/words/shades.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace threadmill::plots {
namespace {

constexpr const char* kDarkGround = "#171b21";  // as in plots/charts/theme.json
constexpr double kLeastContrast = 2.2;

using Rgb = std::array<double, 3>;  // 0 to 255

Rgb parsed(std::string_view colour) {
  Rgb rgb{};
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    const char* begin = colour.data() + 1 + 2 * i;
    unsigned value = 0;
    std::from_chars(begin, begin + 2, value, 16);
    rgb[i] = value;
  }
  return rgb;
}

std::string hex_of(const Rgb& rgb) {
  std::string text = "#";
  for (const double part : rgb) text += fmt::format("{:02X}", std::lround(part));
  return text;
}

std::string mixed(std::string_view colour, std::string_view other, double share_of_other) {
  Rgb mix = parsed(colour);
  const Rgb with = parsed(other);
  for (std::size_t i = 0; i < mix.size(); ++i) mix[i] += share_of_other * (with[i] - mix[i]);
  return hex_of(mix);
}

/// Relative luminance, as WCAG has it.
double luminance(std::string_view colour) {
  constexpr std::array weights{0.2126, 0.7152, 0.0722};
  const Rgb rgb = parsed(colour);
  double sum = 0;
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    const double part = rgb[i] / 255;
    sum += weights[i] * (part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
  }
  return sum;
}

}  // namespace

double contrast(std::string_view a, std::string_view b) {
  const auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
}

std::string darker(std::string_view colour) {
  for (const double share : {0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15}) {
    std::string shade = mixed(colour, "#000000", share);
    if (contrast(shade, kDarkGround) >= kLeastContrast) return shade;
  }
  return mixed(colour, "#FFFFFF", 0.35);  // it is dark already
}

std::string greyer(std::string_view colour) { return mixed(colour, "#858585", 0.55); }

std::string shade_of_run(const std::string& colour, std::size_t run) {
  switch (run % 4) {
    case 1:
      return darker(colour);
    case 2:
      return greyer(colour);
    case 3:
      return darker(greyer(colour));
    default:
      return colour;
  }
}

}  // namespace threadmill::plots
