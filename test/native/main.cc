// Lists and runs the tests of the core.
//
//   core_tests                     runs every test
//   core_tests Gemm Arena          runs the tests whose names contain one of these
//   core_tests --list              prints the names
//   core_tests --instruction-sets  prints the instruction sets of this machine, worst first
//   core_tests --json              one JSON object a line for each test instead of plain text
#include <chrono>
#include <cstdio>
#include <exception>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "native/core/pooled_thread.h"
#include "native/kernels/instruction_set.h"
#include "test/native/harness.h"

namespace layerwise::testing {

std::vector<TestCase>& Tests() {
  static std::vector<TestCase> tests;
  return tests;
}

namespace {

constexpr size_t kFailuresShown = 20;  // of one test: a wrong kernel fails at every element

struct Outcome {
  std::vector<std::string> failures;
  size_t failure_count = 0;
  double milliseconds = 0;
};

// Null between tests.
Outcome*& RunningOutcome() {
  static Outcome* outcome = nullptr;
  return outcome;
}

struct Options {
  bool list = false;
  bool instruction_sets = false;
  bool json = false;
  std::vector<std::string_view> filters;
};

Options ParseOptions(int argument_count, char** arguments) {
  Options options;
  for (int i = 1; i < argument_count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--list") {
      options.list = true;
    } else if (argument == "--instruction-sets") {
      options.instruction_sets = true;
    } else if (argument == "--json") {
      options.json = true;
    } else {
      options.filters.push_back(argument);
    }
  }
  return options;
}

bool Selected(const TestCase& test, const Options& options) {
  if (options.filters.empty()) return true;
  for (const std::string_view filter : options.filters) {
    if (test.name.find(filter) != std::string::npos) return true;
  }
  return false;
}

Outcome Run(const TestCase& test) {
  Outcome outcome;
  RunningOutcome() = &outcome;
  const auto start = std::chrono::steady_clock::now();
  try {
    test.body();
  } catch (const TestAborted&) {
    // Recorded where it was thrown.
  } catch (const std::exception& error) {
    RecordFailure(test.file + ": unexpected exception: " + error.what());
  } catch (...) {
    RecordFailure(test.file + ": unexpected exception that is no std::exception");
  }
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - start;
  outcome.milliseconds = elapsed.count();
  RunningOutcome() = nullptr;
  return outcome;
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += ' ';
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

void PrintJson(const TestCase& test, const Outcome& outcome) {
  std::string failures;
  for (const std::string& failure : outcome.failures) {
    failures += (failures.empty() ? "" : ",") + Quoted(failure);
  }
  std::printf("{\"name\":%s,\"passed\":%s,\"milliseconds\":%.3f,\"failures\":[%s]}\n",
              Quoted(test.name).c_str(), outcome.failure_count == 0 ? "true" : "false",
              outcome.milliseconds, failures.c_str());
}

void PrintPlain(const TestCase& test, const Outcome& outcome) {
  const bool passed = outcome.failure_count == 0;
  std::printf("%s %s (%.0f ms)\n", passed ? "pass" : "FAIL", test.name.c_str(),
              outcome.milliseconds);
  for (const std::string& failure : outcome.failures) std::printf("  %s\n", failure.c_str());
}

bool NamesAreUnique() {
  std::set<std::string> names;
  bool unique = true;
  for (const TestCase& test : Tests()) {
    if (names.insert(test.name).second) continue;
    std::fprintf(stderr, "%s: a second test of the name %s\n", test.file.c_str(),
                 test.name.c_str());
    unique = false;
  }
  return unique;
}

int Main(const Options& options) {
  if (options.instruction_sets) {
    for (const InstructionSet set : AvailableInstructionSets()) {
      std::printf("%s\n", InstructionSetName(set));
    }
    return 0;
  }
  if (!NamesAreUnique()) return 2;
  size_t run = 0;
  size_t failed = 0;
  for (const TestCase& test : Tests()) {
    if (!Selected(test, options)) continue;
    if (options.list) {
      std::printf("%s\n", test.name.c_str());
      continue;
    }
    const Outcome outcome = Run(test);
    ++run;
    if (outcome.failure_count > 0) ++failed;
    options.json ? PrintJson(test, outcome) : PrintPlain(test, outcome);
    std::fflush(stdout);  // a later crash must not swallow this line
  }
  const PooledThreadsUser last;  // with it all threads end
  if (options.list || options.json) return failed > 0 ? 1 : 0;
  std::printf("%s: %zu passed, %zu failed\n", InstructionSetName(SelectedInstructionSet()),
              run - failed, failed);
  return failed > 0 ? 1 : 0;
}

}  // namespace

void RecordFailure(const std::string& message) {
  static std::mutex mutex;  // tests may check on several threads
  const std::lock_guard<std::mutex> lock(mutex);
  Outcome& outcome = *RunningOutcome();
  ++outcome.failure_count;
  if (outcome.failures.size() < kFailuresShown) {
    outcome.failures.push_back(message);
  } else if (outcome.failures.size() == kFailuresShown) {
    outcome.failures.emplace_back("further failures are left out");
  }
}

}  // namespace layerwise::testing

int main(int argument_count, char** arguments) {
  try {
    return layerwise::testing::Main(layerwise::testing::ParseOptions(argument_count, arguments));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
