// parse_subject: an InputError, or a subject that can be started.

#include "harness/catalogue/subject.h"

#include "fuzz/expect.h"
#include "fuzz/json_input.h"
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
      fuzz::expect(service == "echo" || service == "chat", "a subject's services are known");
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
