#pragma once
// What --json leaves on standard output: one document, and nothing else.

#include <nlohmann/json_fwd.hpp>

namespace threadmill::harness {

/// Prints the document with a line end. Bytes that are no UTF-8, which names of files may have, become the
/// replacement character.
void print_json(const nlohmann::ordered_json& document);

}  // namespace threadmill::harness
