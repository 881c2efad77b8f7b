#pragma once
// Lists of things that have names: scenarios, suites, studies, subjects.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "harness/errors.h"
#include "harness/suggest.h"

namespace threadmill::harness {

/// The first one called so, or nullptr.
template <typename Thing>
const Thing* find_named(const std::vector<Thing>& things, std::string_view name) {
  const auto found =
      std::find_if(things.begin(), things.end(), [&](const Thing& thing) { return thing.name == name; });
  return found == things.end() ? nullptr : &*found;
}

template <typename Thing>
std::vector<std::string> names_of(const std::vector<Thing>& things) {
  std::vector<std::string> names;
  for (const Thing& thing : things) names.push_back(thing.name);
  return names;
}

/// The one called so. Throws InputError that begins with `where` and says what there is; `kind` is what
/// people call such a thing.
template <typename Thing>
const Thing& require_named(const std::vector<Thing>& things, std::string_view kind, std::string_view name,
                           const std::string& where = "") {
  if (const Thing* thing = find_named(things, name)) return *thing;
  throw InputError(where + unknown_name_message(kind, name, names_of(things)));
}

}  // namespace threadmill::harness
