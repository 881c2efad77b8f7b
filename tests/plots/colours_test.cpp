// Colours and dashes of subjects: told apart by everybody, on both grounds, and the same in every report.

#include "plots/words/colours.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "files.h"
#include "plots/words/shades.h"

namespace threadmill::plots {
namespace {

const std::vector<std::string> eight{"fork",         "thread", "epoll", "epoll:tick",
                                     "redis-server", "broker", "node",  "python-asyncio"};
const std::vector<std::string> ways_to_distribute{"thread",           "epoll",         "epoll:tick", "broker",
                                                  "broker:broadcast", "broker:writers"};
const std::vector<std::string> of_the_sources{"fork",        "thread",        "epoll",
                                              "python-fork", "python-thread", "python-asyncio"};
const std::vector<std::string> our_models{
    "iterative", "fork",          "prefork",   "prefork-dispatch", "process-loops",  "thread",  "thread-pool",
    "select",    "poll",          "epoll",     "leader-follower",  "reactor-pool",   "broker",  "epoll-edge",
    "reuseport", "multi-reactor", "asio-pool", "asio-callback",    "asio-coroutine", "io-uring"};

using Three = std::array<double, 3>;
using Matrix = std::array<Three, 3>;

Three linear(const std::string& colour) {
  Three rgb{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double part = std::stoi(colour.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
    rgb[i] = part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  }
  return rgb;
}

/// Machado, Oliveira and Fernandes (2009), severity 1.
const Matrix protanopia{
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}};
const Matrix deuteranopia{
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}};

/// CIE L*a*b* of what somebody sees.
Three seen(const std::string& colour, const Matrix& eyes) {
  const Three rgb = linear(colour);
  Three as{};
  for (std::size_t i = 0; i < 3; ++i) {
    const double sum = eyes[i][0] * rgb[0] + eyes[i][1] * rgb[1] + eyes[i][2] * rgb[2];
    as[i] = std::min(1.0, std::max(0.0, sum));
  }
  const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
  const double x = f((0.4124 * as[0] + 0.3576 * as[1] + 0.1805 * as[2]) / 0.9505);
  const double y = f(0.2126 * as[0] + 0.7152 * as[1] + 0.0722 * as[2]);
  const double z = f((0.0193 * as[0] + 0.1192 * as[1] + 0.9505 * as[2]) / 1.089);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

double distance(const std::string& a, const std::string& b, const Matrix& eyes) {
  const Three first = seen(a, eyes), second = seen(b, eyes);
  return std::hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}

/// The colour in that run, without others before it.
std::string colour(const std::string& subject, std::size_t run = 0) {
  return Colours().of(subject, false, run);
}

void expect_told_apart(const std::string& a, const std::string& b) {
  constexpr double clearly = 15;
  EXPECT_NE(colour(a), colour(b)) << a << ", " << b;
  if (dash_of(a) != dash_of(b)) return;
  for (const Matrix& eyes : {protanopia, deuteranopia})
    EXPECT_GE(distance(colour(a), colour(b), eyes), clearly) << a << ", " << b;
}

TEST(Colours, SubjectsAreToldApartByColourBlindReadersToo) {
  for (const auto& subjects : {eight, of_the_sources, ways_to_distribute, our_models}) {
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      for (std::size_t j = i + 1; j < subjects.size(); ++j) expect_told_apart(subjects[i], subjects[j]);
    }
  }
}

TEST(Colours, AreTheSameInEveryReport) {
  for (const char* known : {"thread:tick", "fork:tick", "broker:broadcast", "broker:writers",
                            "epoll:delay:200us", "python", "python-asyncio", "node"}) {
    Colours after_others;
    for (const auto& subject : eight) after_others.of(subject, false);
    EXPECT_EQ(after_others.of(known, false), colour(known)) << known;
  }
  EXPECT_EQ(colour("mine"), colour("mine")) << "a server that nobody knows, too";
}

TEST(Colours, ServersThatNobodyKnowsHaveDifferentOnes) {
  Colours colours;
  std::set<std::string> all;
  for (const char* name : {"mine", "yours", "theirs", "nginx", "haproxy", "caddy", "envoy", "h2o"})
    EXPECT_TRUE(all.insert(colours.of(name, false)).second) << name;
}

TEST(Colours, StandOutFromALightGroundAndADarkOne) {
  const auto theme = nlohmann::json::parse(contents_of(data_folder / "../../../plots/charts/theme.json"));
  const std::string dark = theme.at("dark").at("config").at("background");
  for (const auto& subjects : {eight, of_the_sources, ways_to_distribute, our_models}) {
    for (const std::string& subject : subjects) {
      for (const std::size_t run : {0U, 1U, 2U, 3U}) {
        EXPECT_GE(contrast(colour(subject, run), "#ffffff"), 2) << subject << ", run " << run;
        EXPECT_GE(contrast(colour(subject, run), dark), 2) << subject << ", run " << run;
      }
    }
  }
}

TEST(Colours, OfTwoRunsDifferInShadeAndDashes) {
  for (const std::string& subject : eight) {
    EXPECT_NE(colour(subject, 0), colour(subject, 1)) << subject;
    EXPECT_NE(dash_of(subject, 0), dash_of(subject, 1)) << subject;
  }
  EXPECT_EQ(dash_of("epoll"), "solid");
}

TEST(Colours, ACeilingIsGrey) { EXPECT_EQ(Colours().of("bare-epoll", true), "#999999"); }

}  // namespace
}  // namespace threadmill::plots
