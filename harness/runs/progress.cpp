#include "harness/runs/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "results/trial/trial.h"

namespace threadmill::harness {
namespace {

std::string name_of(const Slot& slot) {
  return fmt::format("{} {} repeat {}", slot.scenario, slot.subject, slot.repeat + 1);
}

std::size_t columns_of(std::FILE* out) {
  winsize size{};
  const bool known = ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

Progress::Progress(std::FILE* out, bool is_terminal, std::size_t trials)
    : out_(out), is_terminal_(is_terminal), trials_(trials) {}

void Progress::trial_starts(const Slot& slot) {
  if (!is_terminal_) return;
  const auto last = last_figure_.empty() ? std::string{} : fmt::format(" | last: {}", last_figure_);
  if (trials_ == kUnknownTrials) return show(fmt::format("trial {} | {}{}", ended_ + 1, name_of(slot), last));
  show(fmt::format("trial {} of {} | {} | {}{}", ended_ + 1, trials_, time_left(), name_of(slot), last));
}

void Progress::trial_ends(const Slot& slot, const nlohmann::json& record) {
  ++ended_;
  if (record.at("outcome") == "failed") {
    const auto& failure = record.at("failure");
    notice(fmt::format("[{}] {}: FAILED at {}: {}", count(ended_), name_of(slot),
                       failure.at("stage").get<std::string>(), failure.at("reason").get<std::string>()));
    return;
  }
  last_figure_ = fmt::format("{} {}", slot.subject, glimpse(record));
  if (!is_terminal_) notice(fmt::format("[{}] {}: {}", count(ended_), name_of(slot), glimpse(record)));
}

void Progress::notice(const std::string& text) {
  finish();
  fmt::print(out_, "{}\n", text);
  std::fflush(out_);
}

void Progress::finish() {
  if (is_terminal_) fmt::print(out_, "\r\x1b[K");
  std::fflush(out_);
}

void Progress::show(const std::string& line) {
  finish();
  fmt::print(out_, "{}", line.substr(0, columns_of(out_) - 1));  // a wrapped line could not be taken back
  std::fflush(out_);
}

std::string Progress::count(std::size_t trial) const {
  return trials_ == kUnknownTrials ? std::to_string(trial) : fmt::format("{}/{}", trial, trials_);
}

std::string Progress::time_left() const {
  if (ended_ == 0) return "time left: ?";
  const auto spent = std::chrono::steady_clock::now() - start_;
  const auto left = spent * static_cast<std::int64_t>(trials_ - ended_) / static_cast<std::int64_t>(ended_);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left).count();
  return fmt::format("{}:{:02} left", seconds / 60, seconds % 60);
}

std::string glimpse(const nlohmann::json& record) {
  using results::Metric;
  const auto values = results::derive_trial(record, 0).values;
  if (const auto deliveries = values[Metric::deliveries_per_s])
    return fmt::format("{:.0f} deliveries/s", *deliveries);
  if (const auto requests = values[Metric::requests_per_s])
    return fmt::format("{:.0f} requests/s", *requests);
  return {};
}

}  // namespace threadmill::harness
