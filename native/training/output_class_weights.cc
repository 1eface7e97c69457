#include "native/training/output_class_weights.h"

#include <algorithm>

#include "native/core/error.h"

namespace layerwise {

std::vector<ClassWeights> ReadOutputClassWeights(const ValueReader& options,
                                                 const NetworkSpec& network) {
  if (!network.has_heads()) return {ReadClassWeights(options, network.output_size())};
  std::vector<ClassWeights> read;
  for (const OutputSpec& output : network.outputs) {
    read.push_back(ReadClassWeights(options.Member("outputs").Member(output.name), output.columns));
  }
  return read;
}

void CheckClassTargets(std::span<const ClassWeights> weights, const Dataset& data) {
  const bool are_wanted = std::any_of(weights.begin(), weights.end(),
                                      [](const ClassWeights& each) { return each.enabled(); });
  if (!are_wanted || data.target_kind() != TargetKind::kInput) return;
  throw Error(ErrorKind::kArgument, "classWeights", "targets that name classes",
              "inputs that are their own targets", "Leave the option out.");
}

void PlanClassWeights(std::span<const ClassWeights> weights, const NetworkSpec& network,
                      PlanOptions& plan) {
  if (!network.has_heads()) {
    plan.weights |= weights.front().enabled();
    return;
  }
  for (const ClassWeights& each : weights) plan.output_weights.push_back(each.enabled());
}

void BalanceClassWeights(const Dataset& data, const RowSelection& rows,
                         std::span<ClassWeights> weights) {
  for (size_t i = 0; i < weights.size(); ++i) {
    if (!weights[i].balanced) continue;
    weights[i].of_class = BalancedWeights(data, i, rows, weights[i].classes);
  }
}

}  // namespace layerwise
