// The native micro-benchmarks, asked for line by line, so that a script can interleave them with
// other measurements. One JSON object answers each line:
//
//   sets                                                   instruction sets, precisions with a peak
//   peak avx512 fp32 THREADS SECONDS                       {"operationsPerSecond": …}
//   copy THREADS SECONDS                                   {"bytesPerSecond": …}
//   gemm avx512 forward BATCH INPUTS OUTPUTS THREADS SECONDS   (also inputGradient, weightGradient)
//
// From a terminal: echo "peak avx2 fp32 1 0.1" | native_benchmarks
#include <cstdio>
#include <exception>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "bench/native/bandwidth.h"
#include "bench/native/gemm_benchmark.h"
#include "bench/native/peak.h"
#include "native/core/float_environment.h"
#include "native/core/thread_pool.h"
#include "native/kernels/instruction_set.h"

namespace layerwise::bench {
namespace {

template <typename T>
T Next(std::istringstream& words, const char* what) {
  T value{};
  if (!(words >> value)) throw std::invalid_argument(std::string("expected ") + what);
  return value;
}

InstructionSet NextSet(std::istringstream& words) {
  const auto name = Next<std::string>(words, "an instruction set");
  for (const InstructionSet set : AvailableInstructionSets()) {
    if (name == InstructionSetName(set)) return set;
  }
  throw std::invalid_argument("no instruction set of this machine: " + name);
}

Precision NextPrecision(std::istringstream& words) {
  const auto name = Next<std::string>(words, "a precision");
  if (name == "fp32") return Precision::kFloat32;
  if (name == "bf16") return Precision::kBfloat16;
  throw std::invalid_argument("no precision: " + name);
}

GemmForm NextForm(std::istringstream& words) {
  const auto name = Next<std::string>(words, "a form");
  if (name == "forward") return GemmForm::kForward;
  if (name == "inputGradient") return GemmForm::kInputGradient;
  if (name == "weightGradient") return GemmForm::kWeightGradient;
  throw std::invalid_argument("no form of the product: " + name);
}

int NextThreads(std::istringstream& words) {
  const int threads = Next<int>(words, "a number of threads");
  if (threads < 1 || threads > kMaxThreads) throw std::invalid_argument("threads out of range");
  return threads;
}

std::string Sets() {
  std::string all;
  std::string fp32;
  std::string bf16;
  const auto append = [](std::string& list, InstructionSet set) {
    list += (list.empty() ? "\"" : ", \"") + std::string(InstructionSetName(set)) + "\"";
  };
  for (const InstructionSet set : AvailableInstructionSets()) {
    append(all, set);
    if (HasPeak(set, Precision::kFloat32)) append(fp32, set);
    if (HasPeak(set, Precision::kBfloat16)) append(bf16, set);
  }
  return "{\"sets\": [" + all + "], \"fp32\": [" + fp32 + "], \"bf16\": [" + bf16 +
         "], \"threads\": " + std::to_string(DefaultThreads()) + "}";
}

std::string Peak(std::istringstream& words) {
  const InstructionSet set = NextSet(words);
  const Precision precision = NextPrecision(words);
  const int threads = NextThreads(words);
  const auto seconds = Next<double>(words, "seconds");
  std::ostringstream out;
  out << "{\"operationsPerSecond\": " << MeasurePeak(set, precision, threads, seconds) << "}";
  return out.str();
}

std::string Copy(std::istringstream& words) {
  const int threads = NextThreads(words);
  const auto seconds = Next<double>(words, "seconds");
  std::ostringstream out;
  out << "{\"bytesPerSecond\": " << MeasureCopy(threads, seconds) << "}";
  return out.str();
}

std::string Gemm(std::istringstream& words) {
  const InstructionSet set = NextSet(words);
  const GemmForm form = NextForm(words);
  GemmShape shape;
  shape.batch = Next<int64_t>(words, "a batch");
  shape.inputs = Next<int64_t>(words, "inputs");
  shape.outputs = Next<int64_t>(words, "outputs");
  if (shape.batch < 1 || shape.inputs < 1 || shape.outputs < 1) {
    throw std::invalid_argument("sizes must be positive");
  }
  const int threads = NextThreads(words);
  const GemmResult result = MeasureGemm(set, form, shape, threads, Next<double>(words, "seconds"));
  std::ostringstream out;
  out << "{\"operationsPerSecond\": " << result.operations_per_second
      << ", \"peak\": " << result.peak << ", \"share\": " << result.share
      << ", \"maxError\": " << result.max_error << "}";
  return out.str();
}

std::string Answer(const std::string& line) {
  std::istringstream words(line);
  const auto command = Next<std::string>(words, "a command");
  if (command == "sets") return Sets();
  if (command == "peak") return Peak(words);
  if (command == "copy") return Copy(words);
  if (command == "gemm") return Gemm(words);
  throw std::invalid_argument("unknown command: " + command);
}

void Serve() {
  const FlushDenormals flush;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::string answer;
    try {
      answer = Answer(line);
    } catch (const std::exception& error) {
      answer = std::string("{\"error\": \"") + error.what() + "\"}";
    }
    std::cout << answer << std::endl;
  }
}

}  // namespace
}  // namespace layerwise::bench

int main() {
  layerwise::bench::Serve();
  return 0;
}
