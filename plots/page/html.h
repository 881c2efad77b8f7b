#pragma once
// Text and data made harmless for the place in an HTML page where they stand. Pure functions.

#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace threadmill::plots {

/// plain(), as text of an element or of an attribute between quotation marks.
std::string html(std::string_view text, std::size_t most = 60);

/// JSON for a script element of type application/json: nothing in it can end the element.
std::string script_json(const nlohmann::json& data);

/// JavaScript for a script element: nothing in it can end the element, and no debugger is sent for its source
/// map. What the code does stays the same.
std::string script_code(std::string_view code);

/// `form` with each {{name}} replaced by its part. What is put in is not looked at again. Throws
/// std::out_of_range for a name that has no part.
std::string filled(std::string_view form, const std::map<std::string, std::string, std::less<>>& parts);

}  // namespace threadmill::plots
