#include "tests/support/schema.h"

#include "tests/support/command.h"

namespace threadmill {

testing::AssertionResult conforms_to_schema(const std::filesystem::path& file) {
  const auto checked =
      Command({"/usr/bin/python3", THREADMILL_SOURCE_DIR "/results/schema/validate.py", file.string()})
          .wait();
  if (checked.exit_code == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure() << checked.out << checked.err;
}

}  // namespace threadmill
