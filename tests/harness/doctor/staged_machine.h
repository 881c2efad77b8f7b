#pragma once
// A machine made of files in a temporary folder.

#include <gmock/gmock.h>

#include "harness/doctor/checks.h"
#include "tests/support/temporary_folder.h"

namespace threadmill::harness::doctor {

/// Has nothing but two CPUs that this process may use, and scenarios of up to 1000 connections.
class StagedMachine {
 public:
  StagedMachine() {
    machine.files = MachineFiles(folder_.path());
    machine.most_connections = 1000;
    write("proc/self/status", "Name:\tx\nCapEff:\t0000000000000000\nCpus_allowed_list:\t0-1\n");
    write("sys/devices/system/cpu/online", "0-1\n");
  }
  StagedMachine& write(const std::string& path, const std::string& text) {
    folder_.write(path, text);
    return *this;
  }
  StagedMachine& in_a_virtual_machine() { return write("proc/cpuinfo", "flags\t\t: fpu hypervisor lm\n"); }

  Machine machine;

 private:
  TemporaryFolder folder_;
};

/// A finding of that verdict, with these words in it, and in its remedy.
MATCHER_P3(Says, verdict, found, remedy, "") {
  *result_listener << to_text(arg.verdict) << ": " << arg.found << " | " << arg.remedy;
  return arg.verdict == verdict && arg.found.find(found) != std::string::npos &&
         arg.remedy.find(remedy) != std::string::npos;
}

/// A finding of that verdict, with these words in it, and nothing to mend.
MATCHER_P2(SaysOnly, verdict, found, "") {
  *result_listener << to_text(arg.verdict) << ": " << arg.found << " | " << arg.remedy;
  return arg.verdict == verdict && arg.found.find(found) != std::string::npos && arg.remedy.empty();
}

}  // namespace threadmill::harness::doctor
