#pragma once
// What a run shows at its end. The one place where the harness meets plots/.

#include <filesystem>

namespace threadmill::harness {

/// Prints the tables of a result file, in colours where `colours` is true and standard output shows them, and
/// writes the report into the folder beside it of the same stem.
void present_results(const std::filesystem::path& result_file, bool colours);

}  // namespace threadmill::harness
