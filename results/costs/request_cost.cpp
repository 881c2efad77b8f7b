#include "results/costs/request_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "results/file/json_access.h"

namespace threadmill::results {
namespace {

using Price = std::optional<double> (*)(const PrimitiveCosts&, const RequestCounts&);

std::optional<double> difference(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::optional(std::max(0.0, *a - *b)) : std::nullopt;
}

/// What one more adds to a call that can take many: from a call with one and a call with `many`.
std::optional<double> each_of(const PrimitiveCosts& costs, std::string_view name, int many) {
  const auto more =
      difference(costs.ns(fmt::format("{}/{}", name, many)), costs.ns(fmt::format("{}/1", name)));
  return more ? std::optional(*more / (many - 1)) : std::nullopt;
}

/// The call itself, without any.
std::optional<double> call_of(const PrimitiveCosts& costs, std::string_view name, int many) {
  return difference(costs.ns(fmt::format("{}/1", name)), each_of(costs, name, many));
}

/// How many take turns on the CPU: of threads or processes that wait for a client each, all of them.
double taking_turns(const RequestCounts& counts) {
  return counts.threads ? std::min(*counts.threads, counts.connections) : counts.connections;
}

constexpr int kEpollMany = 100;
constexpr int kUringMany = 64;

struct Work {
  std::string_view name;
  double calls;  ///< system calls that one of it makes
  Price ns;
};

/// The work of a system call, without getting into the kernel and out.
std::optional<double> without_call(const PrimitiveCosts& costs, std::optional<double> call_ns) {
  return difference(call_ns, costs.ns("system_call"));
}

constexpr std::array<Work, 16> kWork{{
    {"receive", 1,
     [](const auto& costs, const auto& counts) { return costs.ns_at("receive", counts.message_bytes); }},
    // What an edge-triggered loop was said to end with; in results of before.
    {"receive_nothing", 1, [](const auto& costs, const auto&) { return costs.ns("receive_nothing"); }},
    {"send", 1,
     [](const auto& costs, const auto& counts) { return costs.ns_at("send", counts.message_bytes); }},
    {"epoll_ready", 0,
     [](const auto& costs, const auto&) { return each_of(costs, "epoll_wait", kEpollMany); }},
    {"epoll_turn", 1,
     [](const auto& costs, const auto&) { return call_of(costs, "epoll_wait", kEpollMany); }},
    {"epoll_change", 1, [](const auto& costs, const auto&) { return costs.ns("epoll_change"); }},
    {"poll_turn", 1,
     [](const auto& costs, const auto& counts) { return costs.ns_at("poll", counts.connections); }},
    {"select_turn", 1,
     [](const auto& costs, const auto& counts) { return costs.ns_at("select", counts.connections); }},
    {"uring_receive", 0,
     [](const auto& costs, const auto& counts) {
       return without_call(costs, costs.ns_at("receive", counts.message_bytes));
     }},
    {"uring_send", 0,
     [](const auto& costs, const auto& counts) {
       return without_call(costs, costs.ns_at("send", counts.message_bytes));
     }},
    {"uring_operation", 0,
     [](const auto& costs, const auto&) { return each_of(costs, "uring_nop", kUringMany); }},
    {"uring_turn", 1, [](const auto& costs, const auto&) { return call_of(costs, "uring_nop", kUringMany); }},
    {"thread_switch", 0,
     [](const auto& costs, const auto& counts) {
       return costs.ns_up_to("thread_wake", taking_turns(counts));
     }},
    {"process_switch", 0,
     [](const auto& costs, const auto& counts) {
       return costs.ns_up_to("process_wake", taking_turns(counts));
     }},
    {"queue_hand_off", 2, [](const auto& costs, const auto&) { return costs.ns("queue_hand_off"); }},
    {"eventfd_wake", 2, [](const auto& costs, const auto&) { return costs.ns("eventfd_wake"); }},
}};

const Work* find_work(std::string_view name) {
  const auto found =
      std::find_if(kWork.begin(), kWork.end(), [&](const Work& work) { return work.name == name; });
  return found == kWork.end() ? nullptr : &*found;
}

/// System calls that are left for turns once the rest has had its own.
double calls_left(const std::vector<WorkItem>& items, double counted) {
  for (const WorkItem& item : items) {
    const Work* work = find_work(item.work);
    if (item.often == "request" && work != nullptr) counted -= item.times * work->calls;
  }
  return std::max(0.0, counted);
}

std::optional<double> times_of(const WorkItem& item, const std::vector<WorkItem>& all,
                               const RequestCounts& counts) {
  if (item.often == "request") return item.times;
  if (item.often == "task_switch" && counts.switches_per_request)
    return item.times * *counts.switches_per_request;
  if (item.often == "turn" && counts.syscalls_per_request)
    return item.times * calls_left(all, *counts.syscalls_per_request);
  return std::nullopt;
}

std::string not_counted(const WorkItem& item) {
  if (item.often == "task_switch") return "its context switches were not counted";
  if (item.often == "turn") return "its system calls were not counted";
  return fmt::format("this threadmill does not know how often \"{}\" is", item.often);
}

}  // namespace

double PredictedCost::us() const {
  double sum = 0;
  for (const CostPart& part : parts) sum += part.us;
  return sum;
}

std::vector<WorkItem> work_items(const nlohmann::json& list) {
  std::vector<WorkItem> items;
  if (!list.is_array()) return items;
  for (const auto& item : list) {
    WorkItem read{text_at(item, "/work"), text_at(item, "/often"), number_at(item, "/times").value_or(1)};
    if (!read.work.empty() && !read.often.empty()) items.push_back(std::move(read));
  }
  return items;
}

bool is_priced(const std::string& work) { return find_work(work) != nullptr; }

PredictedCost predict_request_cost(const std::vector<WorkItem>& work, const PrimitiveCosts& primitives,
                                   const RequestCounts& counts) {
  if (work.empty()) return {{}, "nothing says what a request takes it"};
  PredictedCost predicted;
  for (const WorkItem& item : work) {
    const Work* known = find_work(item.work);
    const auto ns = known == nullptr ? std::nullopt : known->ns(primitives, counts);
    const auto times = times_of(item, work, counts);
    if (!times) return {{}, not_counted(item)};
    if (!ns) return {{}, fmt::format("what \"{}\" costs was not measured", item.work)};
    predicted.parts.push_back({item.work, *times, *times * *ns / 1000});
  }
  return predicted;
}

}  // namespace threadmill::results
