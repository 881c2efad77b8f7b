// Runs a fuzz target without libFuzzer: replay CORPUS_FOLDER MUTATIONS [SEED]. Tries every file of the
// folder, then that many random changes of them, the same ones each time. An input that fails is left in a
// file beside the program.

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Of the sanitizers, where there are any: they end the program without a signal.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 16 << 10;

std::string current_input;  // NOLINT: where the handlers find it
std::string failure_file;   // NOLINT

void keep_input() {
  if (std::FILE* file = std::fopen(failure_file.c_str(), "wb")) {
    std::fwrite(current_input.data(), 1, current_input.size(), file);
    std::fclose(file);
  }
  std::fprintf(stderr, "the input that failed (%zu bytes): %s\n", current_input.size(), failure_file.c_str());
}

void on_signal(int signal) {
  std::signal(signal, SIG_DFL);
  keep_input();
  std::raise(signal);
}

void report_failures(const char* program) {
  failure_file = std::string(program) + ".failed-input";
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(keep_input);
  } else {
    std::signal(SIGSEGV, on_signal);
  }
  std::signal(SIGABRT, on_signal);  // a broken invariant, or an exception that got away
}

std::vector<std::string> read_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());  // what the random changes are made of must not depend on the disk
  std::vector<std::string> seeds;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

void try_input(std::string input) {
  current_input = std::move(input);
  // A copy of its own, so that a sanitizer sees a read beyond its end.
  const std::vector<std::uint8_t> bytes(current_input.begin(), current_input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER MUTATIONS [SEED]\n", argv[0]);
    return 2;
  }
  report_failures(argv[0]);
  const auto seeds = read_folder(argv[1]);
  if (seeds.empty()) {
    std::fprintf(stderr, "%s: %s has no files; give a folder of fuzz/corpus\n", argv[0], argv[1]);
    return 2;
  }
  for (const auto& seed : seeds) try_input(seed);
  try_input({});
  const auto mutations = std::strtoull(argv[2], nullptr, 10);
  threadmill::fuzz::Mutator mutator(seeds, argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
  for (std::uint64_t i = 0; i < mutations; ++i) try_input(mutator.next(kMostBytes));
  std::printf("%zu files and %llu changes of them\n", seeds.size(), mutations);
  return 0;
}
