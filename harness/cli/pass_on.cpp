#include "harness/cli/pass_on.h"

#include <unistd.h>

#include "os/errors.h"

namespace threadmill::harness {

void become(const std::vector<std::string>& argv) {
  std::vector<char*> words;
  for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  os::throw_errno("cannot start " + argv[0]);
}

}  // namespace threadmill::harness
