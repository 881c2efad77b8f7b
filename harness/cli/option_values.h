#pragma once
// Values of options that several verbs take, read as strictly as all input.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace threadmill::harness {

/// The names of lists such as "fork,epoll". Throws InputError that begins with `option` where one is empty
/// (CLI11 would leave it out) or given twice.
std::vector<std::string> names_in(const std::vector<std::string>& lists, std::string_view option);

/// Whether two names are of the same file, as a.jsonl and ./a.jsonl are.
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/// Throws InputError where a file is given twice, by whatever names.
void check_each_given_once(const std::vector<std::string>& files);

/// What is wrong with a seed, or "": CLI11 reads -1 as the largest number there is.
std::string check_seed(const std::string& text);

/// A share above 0 and below 1, given as "5%" or "0.05". Throws InputError that begins with `option`.
double share_from(std::string_view text, std::string_view option);

/// A length of time in s: "90", "500ms", "90s", "2m" or "1h"; above 0. Throws InputError that begins with
/// `option`.
double seconds_from(std::string_view text, std::string_view option);

/// Gives the verb the flag --json, which makes `as_json` true. `what` is printed so: "the figures".
CLI::Option* add_json(CLI::App& verb, bool& as_json, const std::string& what);

/// Gives the verb the flag --no-color, which makes `colours` false.
void add_no_color(CLI::App& verb, bool& colours);

}  // namespace threadmill::harness
