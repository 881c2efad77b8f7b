#include "fuzz/mutate.h"

#include <algorithm>
#include <cctype>

namespace threadmill::fuzz {
namespace {

/// What tends to be at the edge of something, in JSON and RESP alike.
constexpr std::string_view kTokens[] = {"0",
                                        "-1",
                                        "1",
                                        "2",
                                        "1e9",
                                        "1e308",
                                        "-0.0",
                                        "0.5",
                                        "2147483648",
                                        "4294967297",
                                        "1000000000",
                                        "9223372036854775807",
                                        "-9223372036854775808",
                                        "18446744073709551615",
                                        "18446744073709551616",
                                        "00000000000000000000000001",
                                        "null",
                                        "true",
                                        "\"\"",
                                        "\"x\"",
                                        "\"\\u0000\"",
                                        "\"\xc3\xa9\"",
                                        "[]",
                                        "{}",
                                        "[1]",
                                        "{\"a\":1}",
                                        "\"messages\"",
                                        "\"duration_s\"",
                                        "\"pubsub\"",
                                        "\"echo\"",
                                        "\r\n",
                                        "\n",
                                        "*",
                                        "$-1\r\n",
                                        "\\x41",
                                        "'"};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '+' || c == '_';
}

}  // namespace

std::size_t Mutator::below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

std::string Mutator::next(std::size_t most_bytes) {
  std::string input = seeds_[below(seeds_.size())];
  for (std::size_t changes = std::size_t{1} << below(4); changes > 0; --changes) change(input);
  if (input.size() > most_bytes) input.resize(most_bytes);
  return input;
}

void Mutator::change(std::string& input) {
  if (input.empty()) {
    input.push_back(static_cast<char>(random_()));
    return;
  }
  const std::size_t at = below(input.size());
  switch (below(9)) {
    case 0:
      input[at] = static_cast<char>(input[at] ^ 1 << below(8));
      break;
    case 1:
      input[at] = static_cast<char>(random_());
      break;
    case 2:
      input.insert(at, 1, static_cast<char>(random_()));
      break;
    case 3:
      input.erase(at, 1 + below(8));
      break;
    case 4:
      input.resize(at);
      break;
    case 5:
      repeat_part(input);
      break;
    case 6:
      splice(input);
      break;
    default:
      replace_token(input);
  }
}

/// A number, a word or, with its quotes, a string becomes another.
void Mutator::replace_token(std::string& input) {
  // Each token is as likely as the others, however long.
  std::vector<std::size_t> starts{below(input.size())};
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (is_word(input[i]) && (i == 0 || !is_word(input[i - 1]))) starts.push_back(i);
  }
  std::size_t begin = starts[below(starts.size())];
  std::size_t end = begin;
  while (end < input.size() && is_word(input[end])) ++end;
  if (begin > 0 && end < input.size() && input[begin - 1] == '"' && input[end] == '"') {
    --begin;
    ++end;
  }
  input.replace(begin, end - begin, kTokens[below(std::size(kTokens))]);
}

void Mutator::repeat_part(std::string& input) {
  const std::size_t from = below(input.size());
  const std::string part = input.substr(from, 1 + below(32));
  input.insert(below(input.size()), part);
}

void Mutator::splice(std::string& input) {
  const std::string& other = seeds_[below(seeds_.size())];
  if (other.empty()) return;
  input.resize(below(input.size()));
  input.append(other, below(other.size()));
}

}  // namespace threadmill::fuzz
