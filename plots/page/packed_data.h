#pragma once
// Data sets made small for a page.

#include <nlohmann/json_fwd.hpp>

namespace threadmill::plots {

/// An array of records as its columns: {"count": n, "columns": {"NAME": {"values": [..]}, ..}}, where a value
/// that a record does not have is null. A column of texts has each text once: {"words": ["a", "b"], "values":
/// [0, 0, 1]}. Numbers with a fraction keep six significant digits, which is more than a chart shows.
/// plots/page/page.js unpacks it.
nlohmann::json packed(const nlohmann::json& records);

}  // namespace threadmill::plots
