#pragma once
// What the report, the terminal and the chart say of a sweep, in the same words.

#include <string>

#include "plots/text/table.h"
#include "results/sweep/sweep.h"

namespace threadmill::plots {

/// What its levels count: "requests/s", "messages/s", "connections" or "subscribers".
std::string level_unit(const results::Sweep& sweep);

/// "echo-open: requests/s under p99<5ms".
std::string sweep_name(const results::Sweep& sweep);

/// The same with what is limited: "echo-open: requests/s under p99<5ms of response time".
std::string sweep_title(const results::Sweep& sweep);

/// "31,200"; "≥ 45,000" where no end was found, "< 1,000" where the lowest level is violated already.
std::string capacity_cell(const results::SweepRow& row);

/// "29,800 to 33,000", "29,800 or more", "below 1,000".
std::string interval_text(const results::Capacity& capacity);

/// "29,800 to 33,000 (75 %)": the interval, and how sure it is to contain the median of all such searches.
std::string capacity_interval_cell(const results::SweepRow& row);

/// Each subject in one line: capacity, interval, what a request took and cost there. `name` shows its label.
Table sweep_table(const results::Sweep& sweep, std::string (*name)(const results::SweepRow&));

/// "epoll 31,200 (29,800 to 33,000), thread ≥ 45,000": for a summary.
std::string capacities_sentence(const results::Sweep& sweep);

/// What ended the searches of a subject, with what a reader must know to believe it; "" where nothing does.
std::string reason_sentence(const results::SweepRow& row);

/// What interval and percentage mean.
std::string intervals_sentence(const results::Sweep& sweep);

}  // namespace threadmill::plots
