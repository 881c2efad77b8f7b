// parse_subject: an InputError, or a subject that can be started.

#include "harness/catalogue/subject.h"

#include <algorithm>

#include "fuzz/expect.h"
#include "fuzz/json_input.h"
#include "harness/catalogue/services.h"
#include "harness/errors.h"

using namespace threadmill;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = fuzz::json_input(data, size);
  if (!json) return 0;
  try {
    const auto subject = harness::parse_subject(*json, "/peers/redis-server.json");
    fuzz::expect(subject.name == "redis-server", "a subject is called as its file");
    fuzz::expect(!subject.services.empty() && !subject.command.empty(),
                 "a subject has services and a command");
    for (const auto& service : subject.services) {
      const auto& names = harness::service_names();
      fuzz::expect(std::find(names.begin(), names.end(), service) != names.end(),
                   "a subject's services are known");
    }
    for (const auto& word : harness::fill_in(subject.command, {{"port", "{port}"}})) {
      fuzz::expect(word.find("{folder}") == std::string::npos, "the folder is filled in");
    }
  } catch (const harness::InputError& error) {
    fuzz::expect(std::string_view(error.what()).starts_with("/peers/redis-server.json: "),
                 "a refusal names the file");
  }
  return 0;
}
